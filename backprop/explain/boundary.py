"""How a classifier of two classes divides the plane: the regions, the boundary between them, and labelled points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ..engine import no_grad
from .axis import Axis, span_axis
from .chart import Entry, Sheet, Texts, described_axes, draw_chart, horizontal_axis, in_figure
from .chart_table import folded_table, text_table
from .contour import Outline, Point, outlines
from .display import View
from .given import Array, real_numbers
from .labels import label, resolve_language
from .names import Name
from .numbers import format_number
from .wording import paragraph, plain, within, wording

WIDTH, HEIGHT = 358, 290
"""Of the area with the points."""
COLUMNS, ROWS = 120, 96
"""Cells of the grid on which the probability is computed."""
MARGIN = 0.08
"""Share of the range of the points that is also shown on each side."""
MOST_STRETCHED = 3
"""Up to this ratio of their ranges, both axes have the same scale."""
MOST_CROSSINGS = 800
"""A wilder boundary is drawn on a coarser grid, so that the picture stays small."""
MOST_POINTS = 250
"""Of more points of a class, so many are drawn."""
LARGEST = 1e100

CLASSES = ("class_0", "class_1")
AXES = (Name.parse("x_1"), Name.parse("x_2"))
SHAPES = ((0, 3.4, "a3.4 3.4 0 1 1 .01 0z"), (0, -4.4, "l4 6.9h-8z"))
"""A circle and a triangle: where each begins, seen from its middle, and its outline."""


@dataclass(frozen=True, repr=False)
class Boundary(View):
    """See `boundary`."""

    across: Axis
    upwards: Axis
    regions: tuple[tuple[Outline, ...], tuple[Outline, ...]]
    """Where class 0 and where class 1 is predicted, in the numbers of the axes."""
    share: float
    """Of the area, where class 1 is predicted."""
    points: tuple[tuple[Point, ...], tuple[Point, ...]]
    """Those of class 0 and of class 1."""
    counts: tuple[tuple[int, int], tuple[int, int]]
    """For each class, how many of its points are where class 0 is predicted, and where class 1 is."""

    def text(self, language: str | None = None) -> str:
        """A table: how many points of each class are on each side."""
        language = resolve_language(language)
        return "\n".join([label("chart.sides", language), text_table(*self._table(language))])

    def svg(self, language: str | None = None) -> str:
        """The chart as an SVG element."""
        language = resolve_language(language)
        heading = label("chart.boundary", language)
        title = f"{heading}: {', '.join(name.text for name in AXES)}"
        texts = Texts(title, heading, self._description(language), AXES[0], language, AXES[1])
        legend = [Entry(wording(kind, language), partial(_sample, i)) for i, kind in enumerate(CLASSES)]
        return draw_chart(texts, self.across, self.upwards, legend, self._draw, HEIGHT)

    def html(self, language: str | None = None) -> str:
        """The chart, and below it the table, folded up."""
        language = resolve_language(language)
        caption = label("chart.sides", language)
        below = folded_table(caption, caption, "boundary", [self._table(language)], self._drawn(language))
        return in_figure([self.svg(language)], below)

    def _draw(self, sheet: Sheet) -> str:
        def places(points: Sequence[Point]) -> list[Point]:
            return [(sheet.x(x), sheet.y(y)) for x, y in points]

        regions = ["".join(f"{_path(places(outline.points))}z" for outline in region) for region in self.regions]
        parts = [f'<path class="bp-region bp-class-{i}" d="{d}"/>' for i, d in enumerate(regions) if d]
        lines = "".join(_path(places(line)) for outline in self.regions[1] for line in outline.lines())
        parts.append(f'<path class="bp-boundary" d="{lines}"/>' if lines else "")
        parts += [_shapes(i, places(_some(points))) for i, points in enumerate(self.points) if points]
        return "".join(parts)

    def _description(self, language: str) -> str:
        sentences = described_axes(self.across, self.upwards, *AXES, language)
        names = [plain(wording(kind, language)) for kind in CLASSES]
        for i, (name, counts) in enumerate(zip(names, self.counts, strict=True)):
            sentences.append(label("chart.side", language, name=name, points=sum(counts), right=counts[i]))
        sentences.append(label("chart.area", language, name=names[1], share=round(100 * self.share)))
        return paragraph([*sentences, self._drawn(language)])

    def _drawn(self, language: str) -> str:
        """How many points are drawn, if these are not all."""
        drawn, points = (sum(map(len, parts)) for parts in (map(_some, self.points), self.points))
        return label("chart.drawn", language, drawn=drawn, points=points) if drawn < points else ""

    def _table(self, language: str) -> tuple[list[str], list[list[str]]]:
        """Headings and rows."""
        names = [wording(kind, language) for kind in CLASSES]
        heads = [label("chart.predicted", language, name=within(name)) for name in names]
        rows = [[plain(name), *map(format_number, counts)] for name, counts in zip(names, self.counts, strict=True)]
        return [label("plot.label", language), *heads], rows


def boundary(predict: Callable[[Array], Any], points: Any, labels: Any) -> Boundary:
    """How a classifier divides the plane, as a view: a chart in a notebook and on a site, a table in a terminal.

    The plane is divided where the probability of class 1 is 0.5. `predict` is called when the view is made, with the
    points and with a grid, and not later; nothing is recorded meanwhile.

    Args:
        predict: from an array of shape (n, 2) to n probabilities of class 1, of shape (n,) or (n, 1): an array, a
            sequence or a tensor.
        points: shape (n, 2), finite.
        labels: n numbers, each 0 or 1, of shape (n,) or (n, 1).

    Raises:
        TypeError: points, labels or probabilities are not real numbers.
        ValueError: they have another shape or size; a label is neither 0 nor 1; a probability is not between 0 and 1.

    >>> import numpy as np
    >>> points = np.array([[-1.0, 0.5], [0.5, 2.0], [2.0, 0.0], [3.0, 1.0]])
    >>> boundary(lambda p: 1 / (1 + np.exp(-p[:, 0])), points, [0, 0, 1, 1])
    Points on each side of the decision boundary
    ─────────────────────────────────────────────────
      Label   Predicted: class 0   Predicted: class 1
    ─────────────────────────────────────────────────
    Class 0                    1                    1
    Class 1                    0                    2
    ─────────────────────────────────────────────────

    """
    where, classes = _points(points), _labels(labels)
    if len(where) != len(classes):
        raise ValueError(f"there are {len(where)} points but {len(classes)} labels: give one label for each point")
    predicted = _probabilities(predict, where) >= 0.5
    across, upwards = _axes(where)
    x = np.linspace(across.low, across.high, COLUMNS + 1)
    y = np.linspace(upwards.high, upwards.low, ROWS + 1)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = _probabilities(predict, grid).reshape(len(y), len(x))
    share = float((values >= 0.5).mean())
    while _crossings(values) > MOST_CROSSINGS and min(values.shape) > 12:
        values, x, y = values[::2, ::2], x[::2], y[::2]
    above = tuple(outline.on(x, y) for outline in outlines(values, 0.5))
    below = tuple(outline.on(x, y) for outline in outlines(-values, float(np.nextafter(-0.5, 0))))
    return Boundary(
        across,
        upwards,
        (below, above),
        share,
        (_pairs(where[classes == 0]), _pairs(where[classes == 1])),
        (_sides(predicted[classes == 0]), _sides(predicted[classes == 1])),
    )


def _points(points: Any) -> Array:
    array = real_numbers(points, "points")
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise ValueError(f"points have shape {array.shape}: give two coordinates for each, shape (n, 2), and n > 0")
    if not (np.abs(array) < LARGEST).all():
        raise ValueError("points have coordinates that cannot be drawn: NaN, infinite or larger than 10^100")
    return array


def _labels(labels: Any) -> Array:
    array = real_numbers(labels, "labels")
    if array.shape not in ((array.size,), (array.size, 1)):
        raise ValueError(f"labels have shape {array.shape}: give one for each point, shape (n,)")
    array = array.reshape(-1)
    if len(strange := array[(array != 0) & (array != 1)]):
        raise ValueError(f"a label is {format_number(strange[0])}: the boundary lies between two classes, 0 and 1")
    return array


def _probabilities(predict: Callable[[Array], Any], points: Array) -> Array:
    """What is predicted for some points, shape (n,)."""
    with no_grad():
        array = real_numbers(predict(points.copy()), "what predict gave")
    if array.shape not in ((len(points),), (len(points), 1)):
        hint = "; of two columns, predict gives the second: p[:, 1]" if array.shape == (len(points), 2) else ""
        raise ValueError(
            f"predict gave shape {array.shape} for {len(points)} points: it gives one probability of class 1 for each, "
            f"shape ({len(points)},){hint}"
        )
    array = array.reshape(-1)
    wrong = ~((array >= -1e-6) & (array <= 1 + 1e-6))
    if wrong.any():
        first = int(wrong.argmax())
        place = ", ".join(format_number(float(x)) for x in points[first])
        raise ValueError(
            f"predict gave {format_number(array[first])} at ({place}), which is not a probability: if it gives the "
            "score before the sigmoid, apply the sigmoid; if it gives NaN, look at the weights"
        )
    return array


def _axes(points: Array) -> tuple[Axis, Axis]:
    """Axes that hold all points, with the same scale unless one of them would be nearly empty."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0) * (1 + 2 * MARGIN)
    unit = span / (WIDTH, HEIGHT)
    if unit.max() <= MOST_STRETCHED * unit.min():
        span = unit.max() * np.array([WIDTH, HEIGHT])
    middle = (low + high) / 2
    (left, below), (right, above) = (middle - span / 2).tolist(), (middle + span / 2).tolist()
    return horizontal_axis([left, right]), span_axis([below, above], most=5)


def _pairs(points: Array) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in points.tolist())


def _sides(predicted: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[int, int]:
    ones = int(predicted.sum())
    return len(predicted) - ones, ones


def _crossings(values: Array) -> int:
    """How many edges of the grid the boundary crosses."""
    inside = values >= 0.5
    return int((inside[1:] != inside[:-1]).sum() + (inside[:, 1:] != inside[:, :-1]).sum())


def _some(points: Sequence[Point]) -> Sequence[Point]:
    """At most `MOST_POINTS` of them, at equal distances in their order."""
    count = len(points)
    return points if count <= MOST_POINTS else [points[i * count // MOST_POINTS] for i in range(MOST_POINTS)]


def _shapes(kind: int, places: Sequence[Point]) -> str:
    x, y, outline = SHAPES[kind]
    shapes = "".join(f"M{px + x:.1f} {py + y:.1f}{outline}" for px, py in places)
    return f'<path class="bp-point bp-class-{kind}" d="{shapes}"/>'


def _sample(kind: int, x: float, y: float) -> str:
    return _shapes(kind, [(x, y)])


def _path(points: Sequence[Point]) -> str:
    """Path data through some points: after the first, steps, in tenths."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(tenths) if a != b]
    moved = " ".join(f"{x / 10:g} {y / 10:g}" for x, y in steps)
    return f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}" + f"l{moved}" * bool(steps)
