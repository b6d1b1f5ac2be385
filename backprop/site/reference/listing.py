"""The fences that list names, and how entries are named in links."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..scan import Fence

LANGUAGE = "reference"
"""What a fence that lists names has for its language."""
SCHEME = "name:"
"""Of the links between entries, until the pages that they are on are known."""


@dataclass(frozen=True)
class Listed:
    """A name on a line of a page, and the page that teaches it, relative to this one as in a link; or None."""

    line: int
    name: str
    lesson: str | None = None


def listed(fence: Fence) -> Iterator[Listed]:
    """What a fence lists."""
    return read(fence.body, fence.line + 1)


def read(lines: tuple[str, ...], first_line: int = 1) -> Iterator[Listed]:
    """What the lines of a fence list.

    >>> list(read(("", "ohm.Resistor  ../ohm.md#law"), 8))
    [Listed(line=9, name='ohm.Resistor', lesson='../ohm.md#law')]
    """
    for number, line in enumerate(lines, first_line):
        name, *rest = line.split(maxsplit=1) or [""]
        if name:
            yield Listed(number, name, rest[0].strip() if rest else None)
