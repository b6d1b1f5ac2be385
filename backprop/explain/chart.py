"""Curves over epochs as an SVG chart: real text, classes for everything, colours from CSS variables.

As in the figures of graphs, no element has an id, and title and description are children of the chart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10
from pathlib import Path

from .numbers import format_number
from .table import _width as width

STYLE = Path(__file__).with_name("curves.css").read_text("utf-8").replace("\n", "")

WIDTH, PLOT_HEIGHT = 440, 190
LEFT, RIGHT, BOTTOM = 62, 20, 46
TITLE_HEIGHT, LEGEND_HEIGHT = 32, 22
SAMPLE = 26
"""Width of the line in the legend that shows how a curve is drawn."""
SMALLEST_SCALE = 0.72
"""How far a chart may shrink to fit a narrow screen before it scrolls instead: it fits one of 320 px."""
SMALLEST = 1e-290
HEADROOM = 0.04
"""Share of the axis that is left free above the largest value."""
MOST_POINTS = 600
"""Of a longer curve, the smallest and the largest value of each interval are drawn: it looks the same."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values of the epochs 1, 2, …; `kind` is the class of the line, `name` stands in the legend."""

    kind: str
    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Mark:
    """An epoch that is pointed out, on one of the curves."""

    epoch: int
    text: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers along a line: its ends, and where it is labelled. Positions run from 0 to 1."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def position(self, value: float) -> float:
        """Where a value stands; NaN if it stands nowhere."""
        if not _has_place(value, self.logarithmic):
            return float("nan")
        if self.logarithmic:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)


def draw_chart(
    title: str,
    heading: str,
    description: str,
    x_label: str,
    curves: Sequence[Curve],
    mark: Mark | None,
    logarithmic: bool,
    language: str,
) -> str:
    """Write the SVG element.

    Args:
        title: accessible name.
        heading: what is drawn, in a few words.
        description: what a screen reader says of the chart.
        x_label: what stands below the epochs.
        curves: what is drawn, all of the same length.
        mark: an epoch to point out.
        logarithmic: logarithmic vertical axis, where a value is positive.
        language: language of the texts.

    """
    epochs = len(curves[0].values)
    across = Axis(1, epochs, epoch_ticks(epochs)) if epochs > 1 else Axis(0, 2, (1,))
    upwards = value_axis([value for curve in curves for value in curve.values], logarithmic)
    legend, rows = _legend(curves, mark)
    top = TITLE_HEIGHT + LEGEND_HEIGHT * rows
    height = top + PLOT_HEIGHT + BOTTOM

    def x(epoch: float) -> float:
        return LEFT + across.position(epoch) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return top + (1 - upwards.position(value)) * PLOT_HEIGHT

    parts = [
        f'<text class="bp-title" x="8" y="20">{escape(heading)}</text>',
        f'<g class="bp-legend">{legend}</g>',
        '<g class="bp-y">',
        *(_horizontal(y(tick), format_number(tick)) for tick in upwards.ticks),
        f'</g><g class="bp-x"><path class="bp-axis" d="M{LEFT} {top + PLOT_HEIGHT}H{WIDTH - RIGHT}"/>',
        *(f'<text x="{x(tick):.1f}" y="{top + PLOT_HEIGHT + 18}">{tick:g}</text>' for tick in across.ticks),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{height - 8}">{escape(x_label)}</text></g>',
    ]
    if mark is not None:
        parts.append(f'<path class="bp-mark" d="M{x(mark.epoch):.1f} {top}V{top + PLOT_HEIGHT}"/>')
    for curve in curves:
        points = [(x(epoch), y(value)) for epoch, value in _thinned(curve.values)]
        parts.append(f'<path class="bp-line bp-{curve.kind}" d="{_path(points)}"/>')
    if mark is not None and isfinite(level := y(mark.curve.values[mark.epoch - 1])):
        parts.append(f'<circle cx="{x(mark.epoch):.1f}" cy="{level:.1f}" r="4"/>')
    size = f"width:{WIDTH}px;max-width:100%;min-width:{SMALLEST_SCALE * WIDTH:.0f}px"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp-curves" role="img" lang="{language}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" style="{size}" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title><desc>{escape(description)}</desc>'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>"
    )


def value_axis(values: Sequence[float], logarithmic: bool) -> Axis:
    """An axis that holds all finite values and begins at a round number, at 0 where that is not far away.

    >>> value_axis([0.12, 0.7], False).ticks, value_axis([0.9, 0.96], False).ticks
    ((0.0, 0.2, 0.4, 0.6), (0.9, 0.92, 0.94, 0.96))
    >>> value_axis([0.03, 0.7], True).ticks
    (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    """
    finite = [value for value in values if _has_place(value)]
    positive = [value for value in values if _has_place(value, logarithmic=True)]
    if logarithmic and positive:
        rounded = [_round_below(min(positive)), _round_above(max(positive))]
        powers = range(floor(log10(rounded[0])), ceil(log10(rounded[1])) + 1)
        fine = rounded[1] <= 100 * rounded[0]
        stride = ceil(len(powers) / 8)
        ticks = [step * 10.0**power for power in powers[::stride] for step in ((1, 2, 5) if fine else (1,))]
        low, high = rounded if rounded[0] < rounded[1] else (rounded[0] / 2, rounded[1] * 2)
        return Axis(
            low, high, tuple(float(f"{t:.6g}") for t in ticks if low <= t * (1 + 1e-9) <= high * (1 + 2e-9)), True
        )
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if high - low <= 1e-5 * max(abs(low), abs(high)) or high - low < SMALLEST:  # labels have six digits
        low, high = low - (abs(low) / 10 or 0.5), high + (abs(high) / 10 or 0.5)
    if 0 < low < high / 4:
        low = 0.0
    step = _round_above((high - low) / 5)
    low, high = step * floor(low / step + 1e-9), high + (high - low) * HEADROOM
    ticks = [float(f"{i * step:.12g}") for i in range(round(low / step), floor(high / step) + 1)]
    return Axis(low, high, tuple(ticks))


def _has_place(value: float, logarithmic: bool = False) -> bool:
    """Whether there is a point for it: numbers at the ends of what floats can hold are left out too."""
    return abs(value) < 1 / SMALLEST and (value > SMALLEST or not logarithmic)


def epoch_ticks(epochs: int) -> tuple[int, ...]:
    """Round numbers of epochs, about six.

    >>> epoch_ticks(4), epoch_ticks(90)
    ((1, 2, 3, 4), (20, 40, 60, 80))
    """
    step = max(1, int(_round_above(epochs / 6)))
    return tuple(range(step, epochs + 1, step))


def _round_above(number: float) -> float:
    """The smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, … that is not below a positive number."""
    power = floor(log10(number))
    return next(r for step in (1, 2, 5, 10) if (r := float(f"{step}e{power}")) >= number * (1 - 1e-9))


def _round_below(number: float) -> float:
    """The largest of these that is not above it."""
    power = floor(log10(number))
    return next(r for step in (5, 2, 1) if (r := float(f"{step}e{power}")) <= number * (1 + 1e-9))


def _horizontal(y: float, text: str) -> str:
    line = f'<path class="bp-grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
    return f'{line}<text x="{LEFT - 8}" y="{y + 4.5:.1f}">{text}</text>'


def _legend(curves: Sequence[Curve], mark: Mark | None) -> tuple[str, int]:
    """The entries, in as many rows as they need; and how many rows."""
    entries = [(f"bp-line bp-{curve.kind}", curve.name) for curve in curves]
    parts, x, row = [], 8.0, 0
    for kind, text in [*entries, *([("bp-mark", mark.text)] if mark else [])]:
        needed = SAMPLE + 8 + 7.2 * width(text)
        if x > 8 and x + needed > WIDTH:
            x, row = 8.0, row + 1
        y = TITLE_HEIGHT + LEGEND_HEIGHT * row + 8
        parts.append(f'<path class="{kind}" d="M{x + 1:.1f} {y - 4.5}h{SAMPLE - 2}"/>')
        if kind == "bp-mark":
            parts.append(f'<circle cx="{x + SAMPLE / 2:.1f}" cy="{y - 4.5}" r="4"/>')
        parts.append(f'<text x="{x + SAMPLE + 7:.1f}" y="{y}">{escape(text)}</text>')
        x += needed + 14
    return "".join(parts), row + 1


def _thinned(values: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Epochs and values; of a long curve, the extremes of each interval, in their order."""
    stride = max(1, ceil(2 * len(values) / MOST_POINTS)) if len(values) > MOST_POINTS else 1
    for start in range(0, len(values), stride):
        part = range(start, min(start + stride, len(values)))
        if stride == 1:
            yield start + 1, values[start]
            continue
        finite = [i for i in part if isfinite(values[i])]
        extremes = {min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)} if finite else {start}
        for i in sorted(extremes):
            yield i + 1, values[i]


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Through all points that have a place; a gap where one has none. A point alone is a dot, for ends are round."""
    parts, command = [], "M"
    for i, (x, y) in enumerate(points):
        if not isfinite(y):
            command = "M"
            continue
        parts.append(f"{command}{x:.1f} {y:.1f}")
        alone = command == "M" and (i + 1 == len(points) or not isfinite(points[i + 1][1]))
        parts.append("h0" if alone else "")
        command = "L"
    return "".join(parts)
