"""The region of a grid where a function is above a level, as an outline: marching squares.

The outline goes around the region with the region at its right, as seen on a screen, where y points down; so the
outline of a hole goes the other way. Between grid points the function is taken to be linear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from .given import Array

Point: TypeAlias = tuple[float, float]
_Corner: TypeAlias = tuple[int, int]
_Edge: TypeAlias = tuple[_Corner, _Corner]


@dataclass(frozen=True, slots=True)
class Outline:
    """A closed line around a part of a region."""

    points: tuple[Point, ...]
    inner: tuple[bool, ...]
    """Whether the piece that ends in the point runs through the grid, and not along its frame."""

    def on(self, x: Array, y: Array) -> "Outline":
        """The same with the numbers that columns and rows stand for, at equal distances."""
        across, down = ((numbers[-1] - numbers[0]) / (len(numbers) - 1) for numbers in (x, y))
        points = ((float(x[0] + column * across), float(y[0] + row * down)) for column, row in self.points)
        return Outline(tuple(points), self.inner)

    def lines(self) -> list[list[Point]]:
        """The pieces that run through the grid."""
        first = next((i for i, inner in enumerate(self.inner) if not inner), 0)
        turned = [*range(first, len(self.points)), *range(first)]
        found: list[list[Point]] = [] if not self.inner[first] else [[self.points[first - 1]]]
        for i in turned:
            if not self.inner[i]:
                found.append([self.points[i]])
            else:
                found[-1].append(self.points[i])
        return [line for line in found if len(line) > 1]


def outlines(values: Array, level: float) -> list[Outline]:
    """Closed lines around all points of a grid whose value is at least `level`.

    Coordinates are those of the array: column and row.

    Args:
        values: shape (rows, columns), at least (2, 2), finite.
        level: where the line runs.

    >>> [outline] = outlines(np.array([[0.0, 1.0], [0.0, 1.0]]), 0.5)
    >>> outline.points
    ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    >>> outline.lines()
    [[(0.5, 1.0), (0.5, 0.0)]]

    """
    inside = values >= level
    ring = _ring(*values.shape)
    first = next((i for i, corner in enumerate(ring) if not inside[corner]), None)
    if first is None:
        turns = _turns(*values.shape)
        found, along = [Outline(_points(turns), (False,) * 4)], {}
    else:
        found, along = [], dict(_along(inside, [*ring[first:], *ring[: first + 1]]))
    after = {**dict(_through(inside, values, level)), **{start: end for start, (end, _) in along.items()}}
    while after:
        start = here = next(iter(after))
        points: list[Point] = []
        inner: list[bool] = []
        while True:
            end = after.pop(here)
            passed = along[here][1] if here in along else []
            points += [*_points(passed), _crossing(end, values, level)]
            inner += [here not in along] * (len(passed) + 1)
            here = end
            if here == start:
                break
        found.append(Outline(tuple(points), tuple(inner)))
    return found


def _through(inside: Any, values: Array, level: float) -> Iterator[tuple[_Edge, _Edge]]:
    """The pieces that run through cells: from the edge where the line enters a cell to that where it leaves."""
    count = inside[:-1, :-1].astype(int) + inside[1:, :-1] + inside[:-1, 1:] + inside[1:, 1:]
    for row, column in zip(*np.nonzero((count > 0) & (count < 4)), strict=True):
        r, c = int(row), int(column)
        ring = [(r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c)]
        sides = list(zip(ring, [*ring[1:], ring[0]], strict=True))
        entries = [side for side in sides if inside[side[1]] and not inside[side[0]]]
        exits = [side for side in sides if inside[side[0]] and not inside[side[1]]]
        if sides.index(exits[0]) < sides.index(entries[0]):
            exits = [*exits[1:], exits[0]]  # around the cell, each entry is now followed by its exit
        if len(exits) == 2 and values[r : r + 2, c : c + 2].mean() >= level:
            entries.reverse()  # in the middle of a saddle the two corners are one region
        for entry, leave in zip(entries, exits, strict=True):
            yield _edge(*leave), _edge(*entry)


def _along(inside: Any, ring: Sequence[_Corner]) -> Iterator[tuple[_Edge, tuple[_Edge, list[_Corner]]]]:
    """The pieces that run along the frame: from edge to edge, with the corners of the frame between.

    The ring of grid points along the frame begins and ends with one that is not in the region.
    """
    turns = _turns(*inside.shape)
    entry, passed = _edge(ring[0], ring[1]), list[_Corner]()
    for here, there in pairwise(ring):
        if inside[there] and not inside[here]:
            entry, passed = _edge(here, there), []
        if inside[there] and there in turns:
            passed.append(there)
        if inside[here] and not inside[there]:
            yield entry, (_edge(here, there), passed)


def _ring(rows: int, columns: int) -> list[_Corner]:
    """The grid points along the frame, clockwise."""
    return [
        *((0, c) for c in range(columns - 1)),
        *((r, columns - 1) for r in range(rows - 1)),
        *((rows - 1, c) for c in range(columns - 1, 0, -1)),
        *((r, 0) for r in range(rows - 1, 0, -1)),
    ]


def _turns(rows: int, columns: int) -> list[_Corner]:
    return [(0, 0), (0, columns - 1), (rows - 1, columns - 1), (rows - 1, 0)]


def _edge(a: _Corner, b: _Corner) -> _Edge:
    return (a, b) if a < b else (b, a)


def _points(corners: Sequence[_Corner]) -> tuple[Point, ...]:
    return tuple((float(column), float(row)) for row, column in corners)


def _crossing(edge: _Edge, values: Array, level: float) -> Point:
    """Where the line crosses an edge of the grid."""
    (r, c), (s, d) = edge
    low, high = float(values[r, c]), float(values[s, d])
    share = (level - low) / (high - low)
    return c + share * (d - c), r + share * (s - r)
