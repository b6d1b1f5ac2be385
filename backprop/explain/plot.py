"""A chart of a few curves, for what a page or a learner has computed: plain numbers against plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..values import value_of
from .axis import value_axis
from .chart import Texts, described_axes, draw_chart, horizontal_axis, in_figure
from .chart_table import folded_table, spread, text_table
from .display import View
from .given import Array, real_numbers
from .labels import label, resolve_language
from .lines import MARKERS, MOST_MARKERS, Curve, described_curve, draw_lines
from .numbers import format_number
from .wording import on_scale, paragraph, plain, within, wording

LOGARITHMIC = ("", "x", "y", "xy")


@dataclass(frozen=True)
class Series:
    """The points of a curve, and what it is called: a word of the labels, or mathematics."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, repr=False)
class Plot(View):
    """See `plot`."""

    series: tuple[Series, ...]
    x: str
    y: str
    log: str

    def text(self, language: str | None = None) -> str:
        """A table of at most ten rows for the curves that have the same values of x."""
        language = resolve_language(language)
        return "\n".join([self.title(language), *(text_table(*table) for table in self._tables(language))])

    def svg(self, language: str | None = None) -> str:
        """The chart as an SVG element."""
        language = resolve_language(language)
        across = horizontal_axis([x for series in self.series for x in series.x], "x" in self.log)
        upwards = value_axis([y for series in self.series for y in series.y], "y" in self.log)
        x, y = wording(self.x, language), wording(self.y, language)
        curves = self._curves(language)
        told = described_axes(across, upwards, x, y, language)
        told += [described_curve(plain(curve.name), curve.y, format_number, language) for curve in curves]
        texts = Texts(
            self.title(language),
            on_scale(y, upwards.logarithmic, language),
            paragraph(told),
            on_scale(x, across.logarithmic, language),
            language,
        )
        explained = len(curves) > 1 or self.series[0].name != self.y
        legend = [curve.entry for curve in curves] if explained else []
        return draw_chart(texts, across, upwards, legend, partial(draw_lines, curves, None))

    def html(self, language: str | None = None) -> str:
        """The chart, and below it the table, folded up."""
        language = resolve_language(language)
        below = folded_table(label("chart.values", language), self.title(language), "plot", self._tables(language))
        return in_figure([self.svg(language)], below)

    def title(self, language: str) -> str:
        """The chart's accessible name."""
        x, y = wording(self.x, language), wording(self.y, language)
        return label("chart.title", language, x=within(x), y=plain(y))

    def _curves(self, language: str) -> list[Curve]:
        few = all(len(series.x) <= MOST_MARKERS for series in self.series)
        return [
            Curve(f"s{i + 1}", wording(series.name, language), series.x, series.y, MARKERS[i] if few else "")
            for i, series in enumerate(self.series)
        ]

    def _tables(self, language: str) -> list[tuple[list[str], list[list[str]]]]:
        """Headings and rows; one table for all curves with the same values of x."""
        together: dict[bytes, list[Series]] = {}
        for series in self.series:
            together.setdefault(np.array(series.x).tobytes(), []).append(series)
        tables = []
        for group in together.values():
            heads = [plain(wording(key, language)) for key in (self.x, *(series.name for series in group))]
            columns = [group[0].x, *(series.y for series in group)]
            rows = [[_number(column[i]) for column in columns] for i in spread(len(group[0].x))]
            tables.append((heads, rows))
        return tables


def plot(series: Mapping[str, Any], *, x: str, y: str, log: str = "") -> Plot:
    """Up to four curves as a view: a chart in a notebook and on a site, a table in a terminal.

    `x`, `y` and the names of the curves are words of the table `[plot]` of `labels.toml`, such as `"loss"` or
    `"step_size"`, which stand there in every language; else names of mathematics, such as `"a"` or `"w_1"`.
    What has no place, such as NaN, or 0 on a logarithmic axis, leaves a gap.

    Args:
        series: by its name, each curve: n values, which belong to x = 0, 1, 2, …; or a pair `(xs, ys)` of n values
            each. Sequences, arrays of shape (n,), or tensors.
        x: what the horizontal axis is.
        y: what the vertical axis is.
        log: the logarithmic axes: `""`, `"x"`, `"y"` or `"xy"`.

    Raises:
        TypeError: a name is not a string, or the values are not real numbers.
        ValueError: there is no curve or no value, or there are more than four curves; a curve has not as many values
            of x as of y; `log` is something else.

    >>> plot({"loss": [0.9, 0.5, 0.4]}, x="update", y="loss")
    Loss against update
    ─────────────
    Update   Loss
    ─────────────
         0    0.9
         1    0.5
         2    0.4
    ─────────────

    """
    if log not in LOGARITHMIC:
        raise ValueError(f"log is {log!r}: it names the logarithmic axes, and is '', 'x', 'y' or 'xy'")
    if not isinstance(series, Mapping):
        raise TypeError(f"plot() takes curves by their names, as in {{'loss': losses}}, not {type(series).__name__}")
    for name in (x, y, *series):
        if not isinstance(name, str) or not name:
            raise TypeError(f"the name of an axis or a curve is a word, such as 'loss' or 'w_1', not {name!r}")
    if not series:
        raise ValueError("there is nothing to plot: give at least one curve, as in {'loss': losses}")
    if len(series) > len(MARKERS):
        raise ValueError(
            f"{len(series)} curves are too many to be told apart: a plot has at most {len(MARKERS)}; make two plots"
        )
    return Plot(tuple(_series(name, values) for name, values in series.items()), x, y, log)


def _series(name: str, values: Any) -> Series:
    curve = f"the curve {name!r}"
    if isinstance(values, tuple | list) and len(values) == 2 and all(map(_is_sequence, values)):
        xs, ys = _numbers(values[0], f"x of {curve}"), _numbers(values[1], f"y of {curve}")
    else:
        ys = _numbers(values, curve)
        xs = np.arange(float(len(ys)))
    if len(xs) != len(ys):
        raise ValueError(f"{curve} has {len(xs)} values of x but {len(ys)} of y: give one x for each y")
    return Series(name, tuple(xs.tolist()), tuple(ys.tolist()))


def _numbers(values: Any, what: str) -> Array:
    array = real_numbers(values, what)
    if array.ndim != 1:
        raise ValueError(f"{what} has shape {array.shape}: give a sequence of numbers, or a pair (xs, ys) of them")
    if array.size == 0:
        raise ValueError(f"{what} is empty: give at least one number")
    return array


def _is_sequence(values: Any) -> bool:
    return isinstance(values, list | tuple) or np.ndim(value_of(values)) > 0


def _number(value: float) -> str:
    """As everywhere, but a count is exact: it was a whole number before it had a place in a chart."""
    return format_number(int(value) if value.is_integer() else value)
