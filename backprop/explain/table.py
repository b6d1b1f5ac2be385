"""A table as a view: the same cells as aligned text and as a semantic HTML table.

A cell is LaTeX, as everywhere in this package: plain Unicode in text, MathML in HTML. What is in words comes
from the labels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest
from typing import TypeAlias
from unicodedata import combining, east_asian_width

from .display import View
from .formulas import localise
from .labels import has_label, label, resolve_language
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
    """A cell in words: the key of a label, with LaTeX for its placeholders."""

    key: str
    latex: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    """What stands there if there is no such label."""


Cell: TypeAlias = str | float | Word | Sequence["str | Word"]
"""LaTeX, a number, words, or several of these one below the other."""


@dataclass(frozen=True, repr=False)
class Table(View):
    """Rows and columns with a caption and, below them, perhaps a note."""

    kind: str
    """Such as `forward` or `check`: names the caption and the class of the HTML table."""
    output: str
    """What the table is about: LaTeX for the caption; empty if that says it without."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str | None = None
    """Key of a label."""

    def text(self, language: str | None = None) -> str:
        """Aligned columns between rules; characters of East Asian scripts count as two."""
        language = resolve_language(language)
        heads = [label(f"table.{column.key}", language) for column in self.columns]
        cells = ([[_write(part, language, to_text) for part in _parts(cell)] for cell in row] for row in self.rows)
        rows = [line for row in cells for line in zip_longest(*row, fillvalue="")]
        widths = [max(map(display_width, column)) for column in zip(heads, *rows, strict=True)]
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
            padding = " " * (width - display_width(cell))
            padded.append(padding + cell if column.numeric else cell + padding)
        return "   ".join(padded).rstrip()


def _class(column: Column) -> str:
    return ' class="bp-number"' if column.numeric else ""


def _parts(cell: Cell) -> Sequence[str | float | Word]:
    """What stands one below the other in a cell."""
    return [cell] if isinstance(cell, str | float | int | Word) else cell


def _cell_html(cell: Cell, language: str) -> str:
    parts = [_write(part, language, to_mathml, escape) for part in _parts(cell)]
    return "".join(parts) if len(parts) < 2 else "".join(f'<div style="padding:.25em 0">{part}</div>' for part in parts)


def _write(
    part: str | float | Word, language: str, render: Callable[[str], str], words: Callable[[str], str] = str
) -> str:
    """A part of a cell; formulas by `render`, and what is in words by `words`."""
    if isinstance(part, Word):
        if not has_label(part.key):
            return words(part.otherwise)
        template = label(part.key, language, **{name: f"{{{name}}}" for name in part.latex})
        formulas = {name: render(localise(latex, language)) for name, latex in part.latex.items()}
        return words(template).format_map(formulas)
    if isinstance(part, str):
        return render(localise(part, language)) if part else ""
    return format_number(part)


def display_width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
