"""A chart as SVG: its title, its legend and its two axes; what is drawn between them is the caller's.

Real text, classes for everything, colours from CSS variables. As in the figures of graphs, no element has an id, and
title and description are children of the chart.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from pathlib import Path

from .axis import Axis, span_axis
from .diagram import text_width
from .labels import label
from .numbers import format_number
from .table import display_width
from .wording import Words, markup, on_scale, plain

STYLE = Path(__file__).with_name("curves.css").read_text("utf-8").replace("\n", "")

WIDTH, PLOT_HEIGHT = 440, 190
LEFT, RIGHT, BOTTOM = 62, 20, 46
TITLE_HEIGHT, LEGEND_HEIGHT = 32, 22
SAMPLE = 26
"""Width of the line in the legend that shows how something is drawn."""
CHARACTER = 7.2
"""About how wide a digit is."""
FONT_SIZE = 13
SMALLEST_SCALE = 0.72
"""How far a chart may shrink to fit a narrow screen before it scrolls instead: it fits one of 320 px."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a chart says, in one language."""

    title: str
    """Accessible name."""
    heading: Words
    """What is drawn, in a few words."""
    description: str
    """What a screen reader says of it."""
    x_label: Words
    """What stands below the numbers."""
    language: str
    y_label: Words = ""
    """What stands above the numbers at the side, if the heading does not say it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend; `sample` draws, around a point, what the text explains."""

    text: Words
    sample: Callable[[float, float], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The area between the axes: where on it a pair of numbers stands. NaN for what stands nowhere."""

    across: Axis
    upwards: Axis
    top: float
    height: float = PLOT_HEIGHT
    left: float = LEFT

    @property
    def bottom(self) -> float:
        """Where the horizontal axis is."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Distance from the left edge of the chart."""
        return self.left + self.across.position(value) * (WIDTH - self.left - RIGHT)

    def y(self, value: float) -> float:
        """Distance from the top edge of the chart."""
        return self.top + (1 - self.upwards.position(value)) * self.height


def draw_chart(
    texts: Texts,
    across: Axis,
    upwards: Axis,
    legend: Sequence[Entry],
    draw: Callable[[Sheet], str],
    height: float = PLOT_HEIGHT,
) -> str:
    """Write the SVG element.

    Args:
        texts: what it says.
        across: horizontal axis.
        upwards: vertical axis.
        legend: how things are drawn that have to be told apart; may be empty.
        draw: gives what is drawn between the axes.
        height: of the area between the axes.

    """
    entries, rows = _legend(legend)
    top = TITLE_HEIGHT + LEGEND_HEIGHT * rows + 20 * bool(texts.y_label)
    longest = max((display_width(_tick(tick)) for tick in upwards.ticks), default=0)
    sheet = Sheet(across, upwards, top, height, max(LEFT, 14 + 8 * longest))
    whole = sheet.bottom + BOTTOM
    parts = [
        f'<text class="bp-title" x="8" y="20">{markup(texts.heading)}</text>',
        f'<g class="bp-legend">{entries}</g>' if entries else "",
        '<g class="bp-y">',
        *(_horizontal(sheet, tick) for tick in upwards.ticks),
        f'<text x="{sheet.left - 8:g}" y="{sheet.top - 12:g}">{markup(texts.y_label)}</text>' if texts.y_label else "",
        f'</g><g class="bp-x"><path class="bp-axis" d="M{sheet.left:g} {sheet.bottom:g}H{WIDTH - RIGHT}"/>',
        *(f'<text x="{sheet.x(t):.1f}" y="{sheet.bottom + 18:g}">{_tick(t)}</text>' for t in across.ticks),
        f'<text x="{(sheet.left + WIDTH - RIGHT) / 2:g}" y="{whole - 8:g}">{markup(texts.x_label)}</text></g>',
        draw(sheet),
    ]
    size = f"width:{WIDTH}px;max-width:100%;min-width:{SMALLEST_SCALE * WIDTH:.0f}px"
    title = escape(texts.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp-curves" role="img" lang="{texts.language}" '
        f'viewBox="0 0 {WIDTH} {whole:g}" width="{WIDTH}" height="{whole:g}" style="{size}" '
        f'aria-label="{title}"><title>{title}</title><desc>{escape(texts.description)}</desc>'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>"
    )


def horizontal_axis(values: Sequence[float], logarithmic: bool = False) -> Axis:
    """An axis from the smallest to the largest value, with as many numbers as can stand beside each other."""
    for most in (7, 6, 5):
        axis = span_axis(values, logarithmic, most)
        if _fits(axis):
            return axis
    every = next(n for n in range(2, len(axis.ticks) + 1) if _fits(replace(axis, ticks=axis.ticks[::n])))
    return replace(axis, ticks=axis.ticks[::every])


def described_axes(across: Axis, upwards: Axis, x: Words, y: Words, language: str) -> list[str]:
    """What a screen reader says of two axes, which are called `x` and `y`: where they begin and end."""
    sentences = []
    for key, words, axis in (("horizontal", x, across), ("vertical", y, upwards)):
        name = plain(on_scale(words, axis.logarithmic, language))
        sentences.append(label(f"chart.{key}", language, name=name, low=_rounded(axis.low), high=_rounded(axis.high)))
    return sentences


def in_figure(charts: Sequence[str], below: str) -> str:
    """Charts as HTML, each of which scrolls where it does not fit; and what stands below them."""
    scroll = '<div class="bp-scroll" style="overflow-x:auto" tabindex="0">'
    return f'<figure class="bp-figure">{"".join(f"{scroll}{chart}</div>" for chart in charts)}</figure>{below}'


def _fits(axis: Axis) -> bool:
    """Whether there is space between the numbers below it."""
    sheet = Sheet(axis, axis, 0)
    places = [(sheet.x(tick), CHARACTER * display_width(_tick(tick)) / 2) for tick in axis.ticks]
    return all(x + a + 12 <= y - b for (x, a), (y, b) in pairwise(places))


def _tick(number: float) -> str:
    """A number at an axis; a power of ten without its factor 1."""
    return re.sub(r"^(−?)1·(?=10)", r"\1", format_number(number))


def _rounded(number: float) -> str:
    """Three digits are enough for where an axis ends; whole numbers are told exactly."""
    return format_number(number if float(number).is_integer() else float(f"{number:.3g}"))


def _horizontal(sheet: Sheet, tick: float) -> str:
    y = sheet.y(tick)
    line = f'<path class="bp-grid" d="M{sheet.left:g} {y:.1f}H{WIDTH - RIGHT}"/>'
    return f'{line}<text x="{sheet.left - 8:g}" y="{y + 4.5:.1f}">{_tick(tick)}</text>'


def _legend(entries: Sequence[Entry]) -> tuple[str, int]:
    """The entries, in as many rows as they need; and how many rows."""
    parts, x, row = [], 8.0, 0
    for entry in entries:
        needed = SAMPLE + 8 + text_width(plain(entry.text), FONT_SIZE)
        if x > 8 and x + needed > WIDTH:
            x, row = 8.0, row + 1
        y = TITLE_HEIGHT + LEGEND_HEIGHT * row + 8
        parts.append(entry.sample(x + SAMPLE / 2, y - 4.5))
        parts.append(f'<text x="{x + SAMPLE + 7:.1f}" y="{y}">{markup(entry.text)}</text>')
        x += needed + 14
    return "".join(parts), (row + 1) * bool(entries)
