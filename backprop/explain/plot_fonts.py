"""Fonts with Chinese and Korean characters for Matplotlib, whose own fonts have none.

Fonts of the system come first: they have every character. `fonts/labels-cjk.otf` has those of the labels alone, so that
a picture is also right on a server without fonts.
"""

from functools import cache
from pathlib import Path

from matplotlib import rcParams
from matplotlib.font_manager import findSystemFonts, fontManager

LABELS_FONT = Path(__file__).parent / "fonts" / "labels-cjk.otf"

CANDIDATES = {
    "zh": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "PingFang SC",
        "Hiragino Sans GB",
        "Microsoft YaHei",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
        "SimHei",
        "Noto Sans CJK JP",  # the only name of the collection that Matplotlib before 3.11 sees
    ),
    "ko": (
        "Noto Sans CJK KR",
        "Noto Sans KR",
        "Source Han Sans KR",
        "Source Han Sans K",
        "Apple SD Gothic Neo",
        "AppleGothic",
        "Malgun Gothic",
        "NanumGothic",
        "NanumBarunGothic",
        "Noto Sans CJK JP",
    ),
}


def families(language: str) -> list[str]:
    """Font families for texts in a language, the user's own (`rcParams["font.family"]`) before all others."""
    own = list(rcParams["font.family"])
    if language not in CANDIDATES:
        return own
    found = _installed(language)
    return [*own, *([found] if found else []), _labels_font()]


@cache
def _installed(language: str) -> str | None:
    """The first of the candidates that the computer has."""
    found = _first_known(language)
    if found is None:
        # Matplotlib keeps a list of the fonts there were when it was made: look for those installed since.
        known = {font.fname for font in fontManager.ttflist}
        likely = {name.replace(" ", "").lower()[:8] for name in CANDIDATES[language]}
        for path in findSystemFonts():
            if path not in known and Path(path).stem.replace("-", "").lower()[:8] in likely:
                fontManager.addfont(path)
        found = _first_known(language)
    return found


def _first_known(language: str) -> str | None:
    known = {font.name for font in fontManager.ttflist}
    return next((name for name in CANDIDATES[language] if name in known), None)


@cache
def _labels_font() -> str:
    before = len(fontManager.ttflist)
    fontManager.addfont(LABELS_FONT)
    return fontManager.ttflist[before].name
