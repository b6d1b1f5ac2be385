"""Lines through points, on the sheet of a chart: with gaps, thinned out where they are long, with marked points."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, isfinite

from .chart import SAMPLE, Entry, Sheet
from .labels import label
from .wording import Words

MOST_POINTS = 600
"""Of a longer curve, the extremes of each column of the chart, one unit wide, are drawn: it looks the same."""
MOST_MARKERS = 20
"""On a longer curve, single points are not marked."""

MARKERS = (
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
    "m-3.2-3.2h6.4v6.4h-6.4z",
    "m0-4.4l4.1 7.4h-8.2z",
    "m0-4.6l4.2 4.6l-4.2 4.6l-4.2-4.6z",
)
"""Circle, square, triangle, diamond: shapes around a point."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points that a line goes through; `kind` is the class of the line, `name` stands in the legend."""

    kind: str
    name: Words
    x: Sequence[float]
    y: Sequence[float]
    marker: str = ""
    """One of `MARKERS`, around each point; empty for none."""

    @property
    def entry(self) -> Entry:
        """How it is explained."""
        return Entry(self.name, self._sample)

    def draw(self, sheet: Sheet) -> str:
        """The line and the marked points."""
        places = [(sheet.x(x), sheet.y(y)) for x, y in zip(self.x, self.y, strict=True)]
        line = f'<path class="bp-line bp-{self.kind}" d="{_path(list(_thinned(places)))}"/>'
        return line + self._markers([place for place in places if _stands(place)])

    def _sample(self, x: float, y: float) -> str:
        line = f'<path class="bp-line bp-{self.kind}" d="M{x - SAMPLE / 2 + 1:.1f} {y}h{SAMPLE - 2}"/>'
        return line + self._markers([(x, y)])

    def _markers(self, places: Sequence[Point]) -> str:
        if not self.marker or not places:
            return ""
        shapes = "".join(f"M{x:.1f} {y:.1f}{self.marker}" for x, y in places)
        return f'<path class="bp-marker bp-{self.kind}" d="{shapes}"/>'


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the horizontal axis that is pointed out, and the value there."""

    x: float
    y: float
    text: str

    @property
    def entry(self) -> Entry:
        """How it is explained."""
        return Entry(self.text, self._sample)

    def line(self, sheet: Sheet) -> str:
        """The vertical line, which stands behind the curves."""
        return f'<path class="bp-mark" d="M{sheet.x(self.x):.1f} {sheet.top:g}V{sheet.bottom:g}"/>'

    def point(self, sheet: Sheet) -> str:
        """The point, which stands before them."""
        place = (sheet.x(self.x), sheet.y(self.y))
        return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4"/>' if _stands(place) else ""

    def _sample(self, x: float, y: float) -> str:
        line = f'<path class="bp-mark" d="M{x - SAMPLE / 2 + 1:.1f} {y}h{SAMPLE - 2}"/>'
        return f'{line}<circle cx="{x:.1f}" cy="{y}" r="4"/>'


def draw_lines(curves: Sequence[Curve], mark: Mark | None, sheet: Sheet) -> str:
    """Curves, and perhaps a mark."""
    lines = "".join(curve.draw(sheet) for curve in curves)
    return lines if mark is None else mark.line(sheet) + lines + mark.point(sheet)


def described_curve(name: str, y: Sequence[float], write: Callable[[float], str], language: str) -> str:
    """What a screen reader says of a curve: where it begins and ends, and its extremes."""
    finite = [value for value in y if isfinite(value)] or y
    told = {"first": y[0], "last": y[-1], "smallest": min(finite), "largest": max(finite)}
    return label("training.series", language, series=name, **{key: write(value) for key, value in told.items()})


def _thinned(points: Sequence[Point]) -> Iterator[Point]:
    """All points; of many, the extremes of each column of the chart, in their order."""
    if len(points) <= MOST_POINTS:
        yield from points
        return
    for _, column in groupby(points, lambda point: floor(point[0]) if isfinite(point[0]) else None):
        part = list(column)
        height = {i: point[1] for i, point in enumerate(part) if _stands(point)}
        shown = {min(height, key=height.__getitem__), max(height, key=height.__getitem__)} if height else {0}
        for i in sorted(shown):
            yield part[i]


def _path(points: Sequence[Point]) -> str:
    """Through all points that have a place; a gap where one has none. A point alone is a dot, for ends are round."""
    parts, command = [], "M"
    for i, (x, y) in enumerate(points):
        if not _stands((x, y)):
            command = "M"
            continue
        parts.append(f"{command}{x:.1f} {y:.1f}")
        alone = command == "M" and (i + 1 == len(points) or not _stands(points[i + 1]))
        parts.append("h0" if alone else "")
        command = "L"
    return "".join(parts)


def _stands(point: Point) -> bool:
    return isfinite(point[0]) and isfinite(point[1])
