"""The numbers of a chart as a table: aligned text for a terminal, and HTML that is folded up below the chart."""

from collections.abc import Sequence
from html import escape

from .table import display_width

MOST_ROWS = 10


def spread(count: int, most: int = MOST_ROWS) -> list[int]:
    """Of the numbers 0 to count - 1 at most so many, the first and the last among them.

    >>> spread(3), spread(100, 4)
    ([0, 1, 2], [0, 33, 66, 99])
    """
    shown = min(count, most)
    return [round(i * (count - 1) / max(shown - 1, 1)) for i in range(shown)]


def text_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns set to the right, between rules."""
    widths = [max(map(display_width, column)) for column in zip(heads, *rows, strict=True)]
    rule = "─" * (sum(widths) + 3 * (len(widths) - 1))

    def line(cells: Sequence[str]) -> str:
        return "   ".join(" " * (size - display_width(cell)) + cell for cell, size in zip(cells, widths, strict=True))

    return "\n".join([rule, line(heads), rule, *map(line, rows), rule])


def folded_table(
    summary: str,
    caption: str,
    kind: str,
    tables: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]],
    note: str = "",
) -> str:
    """Tables of headings and rows, whose first cell is a heading too, as HTML; and perhaps a note.

    Args:
        summary: what is seen before the tables are unfolded.
        caption: of each table.
        kind: the class `bp-…` of each table.
        tables: headings and rows.
        note: what stands below.

    """
    summary, caption, note = escape(summary), escape(caption), f'<p class="bp-note">{escape(note)}</p>' if note else ""
    parts = []
    for heads, rows in tables:
        head = "".join(f'<th scope="col" class="bp-number">{escape(text)}</th>' for text in heads)
        body = "".join(_row(row) for row in rows)
        parts.append(
            f'<div class="bp-scroll" tabindex="0"><table class="bp-table bp-{kind}"><caption>{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
    return f'<details class="bp-details"><summary>{summary}</summary>{"".join(parts)}{note}</details>'


def _row(cells: Sequence[str]) -> str:
    first, *others = map(escape, cells)
    numbers = "".join(f'<td class="bp-number">{cell}</td>' for cell in others)
    return f'<tr><th scope="row" class="bp-number">{first}</th>{numbers}</tr>'
