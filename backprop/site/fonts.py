"""The math font of the site: a subset of STIX Two Math, made from the copy inside the `ziamath` wheel.

Without a font that has OpenType's MATH table, brackets do not stretch and fractions are set badly. The font is
under the SIL Open Font License 1.1, as the font itself says in its name table.
"""

import io
import logging
from importlib.metadata import distribution, version
from pathlib import Path

from .cache import digest, write_atomically

FORMAT = 1
CHARACTERS = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1: letters of es and pt, ·, ×, ±
    (0x131, 0x131),
    (0x237, 0x237),  # ı, ȷ
    (0x300, 0x338),  # accents
    (0x370, 0x3FF),  # Greek
    (0x2010, 0x205F),  # dashes, primes, dots, spaces
    (0x2061, 0x2064),  # invisible operators
    (0x20D0, 0x20DF),  # accents for symbols
    (0x2070, 0x209C),  # super- and subscripts
    (0x2100, 0x214F),  # letterlike
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # operators
    (0x2308, 0x230B),  # floor, ceiling
    (0x23B0, 0x23E1),  # braces above and below
    (0x25A0, 0x25FF),  # squares, triangles, circles
    (0x27C0, 0x27FF),  # brackets, long arrows
    (0x2983, 0x2998),
    (0x2A00, 0x2A3F),  # large operators
    (0x1D400, 0x1D503),  # bold, italic, script letters
    (0x1D538, 0x1D56B),  # double-struck letters
    (0x1D6A4, 0x1D7D7),  # dotless letters, Greek bold and italic, bold digits
]
# What mathematics uses: forms for small sizes, dotless letters under accents, marks; no stylistic sets.
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # with copyright and licence
FEATURES = ["ssty", "dtls", "flac", "mark", "mkmk", "ccmp", "kern"]


def math_font(cache: Path) -> Path:
    """The subset as WOFF2, made once and kept in the cache."""
    key = digest([FORMAT, version("ziamath"), version("fonttools"), CHARACTERS, FEATURES])
    path = cache / f"stix-two-math-{key[:16]}.woff2"
    if not path.is_file():
        write_atomically(path, _subset())
    return path


def _subset() -> bytes:
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    # Found without importing ziamath, which does far more than we need.
    font = TTFont(str(distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")))
    options = Options(flavor="woff2", layout_features=FEATURES, name_IDs=NAMES, hinting=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    font["head"].modified = font["head"].created  # the same bytes from every build
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()
