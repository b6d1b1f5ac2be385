"""The numbers that a sentence states, written so that they compare across languages.

>>> [number for number, _ in numbers("第2步：p = −3，共 1,000 次")]
['2', '-3', '1000']
"""

import re
from collections.abc import Iterator

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_NUMBER = re.compile(
    # A sign follows no Latin letter, digit or bracket: "GPT-2" and "1-3" have hyphens, "为-3" a sign.
    r"(?:(?<![0-9A-Za-zÀ-ɏ_)\]\ufffc-])[-−])?"
    r"(?:\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:[.,]\d+)*"
    rf"(?:[⁺⁻]?[{_SUPERSCRIPTS}]+)?"
    rf"|⁻?[{_SUPERSCRIPTS}]+"
)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d+\.)[ \t]")
_MARKER = re.compile(r"^[ \t]*\d+\.(?=[ \t])", re.MULTILINE)
_THOUSANDS = re.compile(r"[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def numbers(prose: str) -> Iterator[tuple[str, int]]:
    """Every number of a passage with its offset; the markers `1.` of a list are none."""
    if _ITEM.match(prose):
        prose = _MARKER.sub(lambda m: " " * len(m[0]), prose)
    for match in _NUMBER.finditer(prose):
        yield _comparable(match[0]), match.start()


def _comparable(number: str) -> str:
    if _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    digits = (str(int(c)) if c.isdecimal() else c for c in re.sub(r"[\u00a0\u2009\u202f]", "", number))
    return "".join(digits).replace("−", "-")
