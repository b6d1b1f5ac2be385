"""What has to be run: one program for every page, shared by its translations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from .checks.findings import Finding
from .scan import Fence, Scan, scan
from .snippets import Examples, Segment, SnippetError, segments

Code: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass
class Page:
    """One Markdown file: what was found in it, the code of all its fences, and that of the executed ones.

    `name` is its path from the root of the project, `key` its path inside the folder of its language.
    """

    path: Path
    name: str
    key: str
    language: str
    body: str
    scan: Scan
    blocks: list[list[Segment]] = field(default_factory=list)
    """The code of each executed fence."""
    others: list[list[Segment]] = field(default_factory=list)
    """That of each fence which is only shown."""
    downloads: bool = True
    """Whether there is to be a notebook of it: `notebook: false` in its front matter says no."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def listings(self) -> list[list[Segment]]:
        """The code of all fences, in the order of the page."""
        blocks, others = iter(self.blocks), iter(self.others)
        return [next(blocks if fence.executed else others) for fence in self.scan.fences]

    @property
    def included(self) -> Code:
        """The code of all fences, executed or only shown."""
        return _codes([*self.blocks, *self.others])

    @property
    def code(self) -> Code:
        """The code alone, whatever file it is written in."""
        return _codes(self.blocks)


@dataclass
class Program:
    """The code of one page and the expressions after each block, wherever its translations put them.

    `expressions[0]` are those before the first block, `expressions[i]` those between block i and the next one.
    """

    blocks: list[list[Segment]]
    pages: list[Page]
    expressions: list[list[str]]

    def request(self) -> dict[str, Any]:
        """The program as the worker reads it."""
        blocks = [[{"file": s.file, "line": s.line, "code": s.code} for s in block] for block in self.blocks]
        return {"blocks": blocks, "expressions": self.expressions}

    def identity(self) -> dict[str, Any]:
        """What the results depend on, apart from versions and files that the code reads."""
        return {"code": self.pages[0].code, "expressions": [sorted(section) for section in self.expressions]}


# Under `mkdocs serve` most pages are as they were at the last build. Nobody changes a scan.
_scanned = lru_cache(maxsize=2048)(scan)


def read_page(path: Path, key: str, language: str, body: str, first_line: int, examples: Examples, root: Path) -> Page:
    """Scan a page's Markdown (without its front matter) and read the examples that it includes."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    page = Page(path, name, key, language, body, _scanned(body, first_line))
    for fence in page.scan.fences:
        code = _segments(fence, page, examples, root)
        (page.blocks if fence.executed else page.others).append(code)
    return page


def _codes(blocks: Iterable[Iterable[Segment]]) -> Code:
    return tuple(tuple(segment.code for segment in block) for block in blocks)


def _segments(fence: Fence, page: Page, examples: Examples, root: Path) -> list[Segment]:
    try:
        return segments(fence, page.name, examples, root)
    except SnippetError as error:
        page.findings.append(Finding(page.path, error.line, "include", str(error)))
        return []


def programs(pages: Iterable[Page]) -> list[Program]:
    """Group the pages that share their code, so that it runs once; the first page of a group gives the lines."""
    groups: dict[tuple[str, Code], Program] = {}
    for page in pages:
        if page.findings or not (page.blocks or page.scan.expressions):
            continue
        program = groups.setdefault((page.key, page.code), Program(page.blocks, [], [[] for _ in (None, *page.blocks)]))
        program.pages.append(page)
        for expression in page.scan.expressions:
            section = program.expressions[expression.section]
            if expression.code not in section:
                section.append(expression.code)
    return list(groups.values())
