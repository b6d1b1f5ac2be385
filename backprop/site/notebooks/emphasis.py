"""Emphasis that Jupyter sees too.

CommonMark, which Jupyter reads, does not take `**x.**` for emphasis where a letter follows, as a Korean particle or a
Chinese word does; and a formula is a sign to it. There, HTML says what is meant.
"""

import re

_MARKS = re.compile(r"(?<![\\*])(?P<mark>\*{1,2})(?P<inner>(?=[^\s*])(?:[^*]|(?<=\\)\*)*?(?<=[^\s*\\]))(?P=mark)(?!\*)")
_TAGS = {"*": "em", "**": "strong"}


def robust_emphasis(text: str) -> str:
    """Markdown with HTML tags in place of those asterisks that CommonMark would show.

    >>> robust_emphasis("**합.**은 **합**입니다")
    '<strong>합.</strong>은 **합**입니다'
    """
    return _MARKS.sub(_written, text) if "*" in text else text


def _written(match: "re.Match[str]") -> str:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    inner = match["inner"]
    if (_is_letter(before) and not _is_letter(inner[0])) or (_is_letter(after) and not _is_letter(inner[-1])):
        tag = _TAGS[match["mark"]]
        return f"<{tag}>{inner}</{tag}>"
    return match[0]


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
