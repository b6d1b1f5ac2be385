"""A table as a view: the same cells as aligned text and as a semantic HTML table.

A cell is LaTeX, as everywhere in this package: plain Unicode in text, MathML in HTML. What is in words comes
from the labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import combining, east_asian_width

from .display import View
from .formulas import localise
from .labels import label, resolve_language
from .mathml import to_mathml
from .mathtext import to_text
from .numbers import format_number


@dataclass(frozen=True)
class Column:
    """A column: its heading, a label of `table`, and whether its cells are numbers, which are set to the right."""

    key: str
    numeric: bool = False


@dataclass(frozen=True)
class Word:
    """A cell in words: the key of a label."""

    key: str


@dataclass(frozen=True, repr=False)
class Table(View):
    """Rows and columns with a caption and, below them, perhaps a note.

    Cells are LaTeX strings, numbers, or `Word`.
    """

    kind: str
    """`forward`, `backward` or `check`: names the caption and the class of the HTML table."""
    output: str
    """What the table is about: LaTeX for the caption."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | float | Word]]
    note: str | None = None
    """Key of a label."""

    def text(self, language: str | None = None) -> str:
        """Aligned columns between rules; characters of East Asian scripts count as two."""
        language = resolve_language(language)
        heads = [label(f"table.{column.key}", language) for column in self.columns]
        rows = [[_cell_text(cell, language) for cell in row] for row in self.rows]
        widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
        rule = "─" * (sum(widths) + 3 * (len(widths) - 1))
        lines = [self._caption(language, to_text), rule, self._line(heads, widths), rule]
        lines += [self._line(row, widths) for row in rows] + [rule]
        note = [label(self.note, language)] if self.note else []
        return "\n".join(lines + note)

    def html(self, language: str | None = None) -> str:
        """A table with caption, column headings, and formulas in MathML."""
        language = resolve_language(language)
        caption = self._caption(language, to_mathml)
        heads = "".join(
            f'<th scope="col"{_class(column)}>{escape(label(f"table.{column.key}", language))}</th>'
            for column in self.columns
        )
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td{_class(column)}>{_cell_html(cell, language)}</td>"
                for cell, column in zip(row, self.columns, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        note = f'<p class="bp-note">{escape(label(self.note, language))}</p>' if self.note else ""
        return (
            f'<div class="bp-scroll" tabindex="0"><table class="bp-table bp-{self.kind}"><caption>{caption}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
        )

    def _caption(self, language: str, render: Callable[[str], str]) -> str:
        return label(f"table.{self.kind}", language, output=render(self.output))

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        padded = []
        for cell, width, column in zip(cells, widths, self.columns, strict=True):
            padding = " " * (width - _width(cell))
            padded.append(padding + cell if column.numeric else cell + padding)
        return "   ".join(padded).rstrip()


def _class(column: Column) -> str:
    return ' class="bp-number"' if column.numeric else ""


def _cell_text(cell: str | float | Word, language: str) -> str:
    if isinstance(cell, Word):
        return label(cell.key, language)
    return to_text(localise(cell, language)) if isinstance(cell, str) else format_number(cell)


def _cell_html(cell: str | float | Word, language: str) -> str:
    if isinstance(cell, Word):
        return escape(label(cell.key, language))
    if not isinstance(cell, str):
        return format_number(cell)
    return to_mathml(localise(cell, language)) if cell else ""


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
