r"""A translation has the structure of its source page: what is not language is equal, section by section.

In order: headings (level and id), code blocks (options and lines), admonitions. In any order, since sentences differ:
formulas, `{{ expressions }}`, numbers in prose, targets of links and images, attribute lists; and the same names in
inline code. The front matter has the same keys. Free are the words: of prose, of links, of `\text{…}` in a formula,
of titles.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeVar

from .findings import Finding, shown
from .model import META, TOP, Admonition, Code, Item, Page, Section

_UNORDERED: tuple[tuple[str, Callable[[Section], list[Item]]], ...] = (
    ("formula", lambda section: section.formulas),
    ("expression", lambda section: section.expressions),
    ("number", lambda section: section.numbers),
    ("attributes", lambda section: section.attributes),
)
_SCHEME = re.compile(r"https?://")

T = TypeVar("T")
C = TypeVar("C", Code, Admonition)


def compare(source: Page, translation: Page) -> list[Finding]:
    """Everything in which a translation differs from its source page."""
    return list(_Comparison(source, translation).findings())


class _Comparison:
    def __init__(self, source: Page, translation: Page) -> None:
        self.source = source
        self.translation = translation
        self.pages = (source, translation)

    def findings(self) -> Iterator[Finding]:
        yield from self._front_matter()
        yield from self._parts([self.source.meta], [self.translation.meta])
        yield from self._headings(self.source.sections, self.translation.sections)
        ours = _by_common_id(self.translation.sections, self.source.sections)
        for key, theirs in _by_common_id(self.source.sections, self.translation.sections).items():
            yield from self._parts(theirs, ours[key])

    def _finding(self, line: int, rule: str, message: str) -> Finding:
        return Finding(self.translation.path, line, f"parity/{rule}", message)

    def _at(self, part: Item | Code | Admonition | Section) -> str:
        return f"{shown(self.source.path)}:{part.line}"

    def _front_matter(self) -> Iterator[Finding]:
        theirs, ours = (dict.fromkeys(key for key in page.front if key != "translation") for page in self.pages)
        for key in theirs:
            if key not in ours:
                line = self.source.front_lines.get(key, 1)
                yield self._finding(1, "front-matter", f"no {key}: expected, as in {shown(self.source.path)}:{line}")
        for key in ours:
            if key not in theirs:
                line = self.translation.front_lines.get(key, 1)
                yield self._finding(line, "front-matter", f"found {key}: {shown(self.source.path)} has none")

    def _headings(self, theirs: list[Section], ours: list[Section]) -> Iterator[Finding]:
        keys = [[(section.level, section.id) for section in page] for page in (theirs, ours)]
        for tag, i1, i2, j1, j2 in SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            end = ours[j2].line if j2 < len(ours) else len(self.translation.lines)
            for expected, found in zip_longest(theirs[i1:i2], ours[j1:j2]):
                if found is None:
                    message = f"no heading {expected.heading}: expected here, as at {self._at(expected)}"
                elif expected is None:
                    message = f"found {found.heading}: {shown(self.source.path)} has no such heading here"
                else:
                    message = f"found {found.heading}, expected {expected.heading} ({self._at(expected)})"
                yield self._finding(found.line if found else end, "heading", message)

    def _parts(self, theirs: Sequence[Section], ours: Sequence[Section]) -> Iterator[Finding]:
        where = _Where(theirs, ours)
        for rule, parts in _UNORDERED:
            yield from self._unordered(rule, where, *_both(parts, theirs, ours))
        for rule, attribute in (("link", "links"), ("image", "images")):
            pairs = zip((theirs, ours), self.pages, strict=True)
            items = [[_neutral(i, page.language) for s in part for i in getattr(s, attribute)] for part, page in pairs]
            yield from self._unordered(rule, where, *items)
        codes = [list({i.key: i for i in each}.values()) for each in _both(lambda s: s.inline_codes, theirs, ours)]
        yield from self._unordered("inline-code", where, *codes)
        yield from self._ordered("admonition", where, *_both(lambda s: s.admonitions, theirs, ours))
        yield from self._ordered("code", where, *_both(lambda s: s.codes, theirs, ours))

    def _unordered(self, rule: str, where: "_Where", theirs: list[Item], ours: list[Item]) -> Iterator[Finding]:
        missing, extra = _difference(theirs, ours), _difference(ours, theirs)
        # What was changed is missing and extra: such pairs are one finding.
        for expected, found in zip_longest(missing, extra):
            if found is None:
                message = f"no {expected.source}: expected, as at {self._at(expected)}"
            elif expected is None:
                message = f"found {found.source}: the source page has none, or fewer"
            else:
                message = f"found {found.source}, expected {expected.source} ({self._at(expected)})"
            yield self._finding(found.line if found else where.line, rule, f"{where.name}: {message}")

    def _ordered(self, rule: str, where: "_Where", theirs: list[C], ours: list[C]) -> Iterator[Finding]:
        keys = [[part.key for part in parts] for parts in (theirs, ours)]
        for tag, i1, i2, j1, j2 in SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            for expected, found in zip_longest(theirs[i1:i2], ours[j1:j2]):
                line = found.line if found else where.line
                if found is None:
                    message = f"no {expected.source}: expected, as at {self._at(expected)}"
                elif expected is None:
                    message = f"found {found.source}: the source page has none here"
                elif isinstance(found, Code) and isinstance(expected, Code) and found.options == expected.options:
                    line, message = self._changed_line(expected, found)
                else:
                    message = f"found {found.source}, expected {expected.source} ({self._at(expected)})"
                yield self._finding(line, rule, f"{where.name}: {message}")

    def _changed_line(self, expected: Code, found: Code) -> tuple[int, str]:
        """The first line in which two code blocks differ."""
        for number, (should, line) in enumerate(zip_longest(expected.body, found.body), 1):
            if should != line:
                wanted = "the end of the block" if should is None else f"`{should.strip()}`"
                have = "the end of the block" if line is None else f"`{line.strip()}`"
                place = f"{shown(self.source.path)}:{expected.line + number}"
                return found.line + number, f"found {have}, expected {wanted} ({place})"
        raise AssertionError("two code blocks with different keys have a line that differs")


def _by_common_id(sections: list[Section], others: list[Section]) -> dict[str, list[Section]]:
    """The sections by id; one whose id the other page lacks belongs to the section before it.

    So a heading that is missing is one finding, not one for everything that stands below it.
    """
    common = {section.id for section in others} - {""}
    found: dict[str, list[Section]] = {}
    current = sections[0].id
    for section in sections:
        current = section.id if section.id in common else current
        found.setdefault(current, []).append(section)
    return found


class _Where:
    """The sections that are compared: what to call them, and the line to name when nothing better is known."""

    def __init__(self, theirs: Sequence[Section], ours: Sequence[Section]) -> None:
        self.line = ours[0].line if ours else 1
        names = dict.fromkeys(section.id for section in theirs if section.id)
        special = {TOP: "before the first heading", META: "title and description"}
        self.name = ", ".join(special.get(name, f"section #{name}") for name in names) or "section without an id"


def _both(
    parts: Callable[[Section], Iterable[T]], theirs: Sequence[Section], ours: Sequence[Section]
) -> tuple[list[T], list[T]]:
    first, second = ([part for section in page for part in parts(section)] for page in (theirs, ours))
    return first, second


def _difference(items: list[Item], others: list[Item]) -> list[Item]:
    """The items that the others lack, counted: of equal ones the last."""
    surplus = Counter(item.key for item in items) - Counter(item.key for item in others)
    found: list[Item] = []
    for item in reversed(items):
        if surplus[item.key] > 0:
            surplus[item.key] -= 1
            found.append(item)
    return found[::-1]


def _neutral(item: Item, language: str) -> Item:
    """A link target without its language: `https://es.wikipedia.org/wiki/Grafo` is any page of that host."""
    if not (scheme := _SCHEME.match(item.key)):
        path = "/".join("{language}" if part == language else part for part in item.key.split("/"))
        return Item(path, item.line, item.source)
    host, _, path = item.key[scheme.end() :].partition("/")
    labels, parts = host.split("."), path.split("/")
    if labels[0] != language and language not in parts[:-1]:
        return item
    host = ".".join(["{language}", *labels[1:]] if labels[0] == language else labels)
    return Item(f"{scheme[0]}{host}", item.line, item.source)
