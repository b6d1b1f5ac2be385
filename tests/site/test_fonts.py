"""The math font is a font for mathematics, and is made once."""

from fontTools.ttLib import TTFont

from backprop.site.fonts import math_font


def test_the_font_has_what_formulas_need(font):
    subset = TTFont(font)
    assert "MATH" in subset
    characters = subset.getBestCmap()
    for character in "𝑥𝑦𝑔𝐖∂∇∑∏⊙·×−=()[]{}⏟δηθ𝛿ℝ𝓛ñ":
        assert ord(character) in characters, character
    assert "SIL Open Font License" in subset["name"].getDebugName(13)
    assert font.stat().st_size < 250_000


def test_the_font_is_made_once(font):
    before = font.stat().st_mtime_ns
    assert math_font(font.parent) == font
    assert font.stat().st_mtime_ns == before
