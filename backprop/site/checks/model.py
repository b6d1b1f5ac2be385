"""What a page consists of, as far as the checks look at it. Every part knows its line in the file, from 1."""

from dataclasses import dataclass, field
from pathlib import Path

from .findings import Finding


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a page: `key` is what has to be equal in every language, `source` what is written."""

    key: str
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Prose, line by line: what is not prose in it is replaced by U+FFFC, marks of emphasis are gone."""

    text: str
    line: int

    def line_at(self, offset: int) -> int:
        """The line in the file of a character of the passage."""
        return self.line + self.text.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Admonition:
    """`!!! warning` with its first and last line; `key` is the marker and the types."""

    key: str
    line: int
    end: int

    @property
    def source(self) -> str:
        """What a reader of a finding sees."""
        return self.key

    @property
    def kind(self) -> str:
        """The first type, which decides how the admonition looks."""
        return self.key.split()[1]


@dataclass(frozen=True, slots=True)
class Code:
    """A code block: its options as written, its lines as written, the line of the fence."""

    options: str
    body: tuple[str, ...]
    line: int
    executed: bool

    @property
    def key(self) -> str:
        """Options and code; what is equal in every language."""
        return "\n".join((self.options, *self.body))

    @property
    def source(self) -> str:
        """What a reader of a finding sees: the options and the first line that says something."""
        first = next((line.strip() for line in self.body if line.strip()), "(empty)")
        return f"``` {self.options} … {first}"


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next heading of any level."""

    id: str
    level: int
    line: int
    title: str = ""
    text: list[str] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    numbers: list[Item] = field(default_factory=list)
    formulas: list[Item] = field(default_factory=list)
    expressions: list[Item] = field(default_factory=list)
    inline_codes: list[Item] = field(default_factory=list)
    links: list[Item] = field(default_factory=list)
    images: list[Item] = field(default_factory=list)
    attributes: list[Item] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    admonitions: list[Admonition] = field(default_factory=list)
    comments: list[Item] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """The heading's level and id, as a finding shows them."""
        return f"{'#' * self.level} … {{ #{self.id} }}" if self.id else f"{'#' * self.level} {self.title}"


TOP, META = "top", "meta"
"""Names of what stands before the first heading, and of title and description in the front matter."""


@dataclass(slots=True)
class Page:
    """A page of one language. `name` is its path in the language's folder, the same in every language."""

    path: Path
    language: str
    name: str
    lines: list[str]
    front: dict[str, object]
    front_lines: dict[str, int]
    meta: Section
    sections: list[Section]
    problems: list[Finding]

    @property
    def parts(self) -> list[Section]:
        """Title and description, then the sections."""
        return [self.meta, *self.sections]
