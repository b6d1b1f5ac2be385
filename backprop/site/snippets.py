"""Includes of example code, `--8<-- "forward.py:graph"`, with the file and the line that every part came from.

What is shown is included by `pymdownx.snippets`; what is run is read here, so that an exception can name the line
of the example. The two read the same files and the same section markers.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from .scan import Fence

_INCLUDE = re.compile(r"^(?P<space>[ \t]*)-{1,}8<-{1,}[ \t]+(?P<quote>[\"'])(?P<path>[^\"']+)(?P=quote)[ \t]*$")
_MARKER = re.compile(
    r"-{1,}8<-{1,}[ \t]+\[[ \t]*(?P<type>start|end)[ \t]*:[ \t]*(?P<name>[a-z][-_0-9a-z]*)[ \t]*\]", re.I
)
_ANY = re.compile(r"^[ \t]*-{1,}8<-{1,}")


class SnippetError(Exception):
    """An include that does not name an example file, or a section of one."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Segment:
    """Consecutive lines of code from one file, the first of which is its line `line`.

    `markers` are the lines of `code`, counted from 0, that stand empty in the place of section markers.
    """

    file: str
    line: int
    code: str
    markers: frozenset[int] = frozenset()

    @property
    def shown(self) -> str:
        """The code as a page shows it: without the lines of markers."""
        return "\n".join(text for place, text in enumerate(self.code.split("\n")) if place not in self.markers)


class Examples:
    """The files that pages include, each read once: all pages see the same text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines: dict[str, list[str]] = {}

    def lines(self, name: str) -> list[str] | None:
        """The lines of a file; None if there is none of that name."""
        if name not in self._lines:
            path = self.folder / name
            if not path.is_file():
                return None
            self._lines[name] = path.read_text(encoding="utf-8").split("\n")
        return self._lines[name]


def segments(fence: Fence, page: str, examples: Examples, root: Path) -> list[Segment]:
    """The code of a fence: its own lines, named after `page`, and those of the files that it includes.

    Raises:
        SnippetError: an include that cannot be read.

    """
    found: list[Segment] = []
    own: list[str] = []
    start = fence.line + 1
    for number, line in enumerate(fence.body, fence.line + 1):
        include = _INCLUDE.match(line)
        if include is None:
            if _ANY.match(line):
                raise SnippetError(number, f'cannot read the include {line.strip()}: write --8<-- "file.py:section"')
            own.append(line)
            continue
        if any(own):
            found.append(Segment(page, start, "\n".join(own)))
        own, start = [], number + 1
        found.append(_included(include["path"], number, examples, root))
    if any(own):
        found.append(Segment(page, start, "\n".join(own)))
    return found


def _included(reference: str, line: int, examples: Examples, root: Path) -> Segment:
    name, _, section = reference.partition(":")
    path, lines = examples.folder / name, examples.lines(name)
    if lines is None:
        known = ", ".join(sorted(file.name for file in examples.folder.glob("*.py"))) or "none"
        raise SnippetError(line, f"there is no example {name} in {_shown(examples.folder, root)} (there are: {known})")
    start, stop = (0, len(lines)) if not section else _section(lines, section)
    if start > stop:
        names = ", ".join(m["name"] for m in map(_marker, lines) if m and m["type"] == "start") or "none"
        raise SnippetError(line, f"{_shown(path, root)} has no section {section} (it has: {names})")
    # Marker lines become empty ones, so that line numbers stay those of the file.
    markers = frozenset(place for place, text in enumerate(lines[start:stop]) if _marker(text))
    kept = ["" if place in markers else text for place, text in enumerate(lines[start:stop])]
    return Segment(_shown(path, root), start + 1, textwrap.dedent("\n".join(kept)).rstrip(), markers)


def _marker(line: str) -> "re.Match[str] | None":
    return _MARKER.search(line) if "8<" in line else None


def _section(lines: list[str], name: str) -> tuple[int, int]:
    """First line of a section and the line after its last one, counted from 0; the wrong way round if absent."""
    start, stop = len(lines) + 1, len(lines)
    for number, text in enumerate(lines):
        marker = _marker(text)
        if marker and marker["name"] == name:
            if marker["type"] == "start" and start > len(lines):
                start = number + 1
            elif marker["type"] == "end" and start <= number:
                return start, number
    return start, stop


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
