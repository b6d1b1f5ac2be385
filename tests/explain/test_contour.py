from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backprop.explain.contour import Outline, outlines

GRIDS = arrays(float, st.tuples(st.integers(2, 7), st.integers(2, 7)), elements=st.sampled_from([0.0, 0.25, 0.75, 1.0]))
GRIDS_AND_TIES = arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.floats(0, 1, width=16))


def area(outline: Outline) -> float:
    """Signed: positive for a region, negative for a hole."""
    x, y = np.array(outline.points).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def turns_around(outline: Outline, x: float, y: float) -> bool:
    """Whether a ray to the right crosses the line an odd number of times."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(outline.points, (*outline.points[1:], outline.points[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossed = not crossed
    return crossed


@given(GRIDS)
def test_grid_points_are_on_their_side(values: np.ndarray) -> None:
    found = outlines(values, 0.5)
    rows, columns = values.shape
    for row, column in np.ndindex(rows, columns):
        x = min(max(column, 1e-6), columns - 1 - 1e-6)  # a hair within the frame
        y = min(max(row, 1e-6), rows - 1 - 1e-6)
        around = sum(turns_around(outline, x, y + 1e-9) for outline in found) % 2
        assert around == (values[row, column] >= 0.5)


@given(st.one_of(GRIDS, GRIDS_AND_TIES))
def test_the_two_sides_share_the_area_and_the_line(values: np.ndarray) -> None:
    above, below = outlines(values, 0.5), outlines(-values, float(np.nextafter(-0.5, 0)))
    rows, columns = values.shape
    assert sum(map(area, above)) + sum(map(area, below)) == pytest.approx((rows - 1) * (columns - 1))

    def pieces(sides: list[Outline]) -> set[frozenset[tuple[float, float]]]:
        lines = [line for outline in sides for line in outline.lines()]
        steps = (frozenset((round(x, 6), round(y, 6)) for x, y in pair) for line in lines for pair in pairwise(line))
        return {step for step in steps if len(step) == 2}

    assert pieces(above) == pieces(below)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_side_alone(value: float) -> None:
    found = outlines(np.full((3, 4), value), 0.5)
    assert [area(outline) for outline in found] == [6.0] * bool(value)
    assert [outline.lines() for outline in found] == [[]] * bool(value)


def test_an_island_and_a_hole() -> None:
    island = np.zeros((3, 3))
    island[1, 1] = 1.0
    [outline] = outlines(island, 0.5)
    assert area(outline) == pytest.approx(0.5)
    [line] = outline.lines()
    assert line[0] == line[-1]
    frame, hole = outlines(1 - island, 0.5)
    assert area(frame) == 4
    assert area(hole) == pytest.approx(-0.5)


def test_the_middle_decides_a_saddle() -> None:
    joined, apart = np.array([[1.0, 0.2], [0.2, 1.0]]), np.array([[0.8, 0.0], [0.0, 0.8]])
    assert len(outlines(joined, 0.5)) == 1
    assert len(outlines(apart, 0.5)) == 2


def test_the_numbers_of_rows_and_columns() -> None:
    [outline] = outlines(np.array([[0.0, 1.0], [0.0, 1.0]]), 0.5)
    placed = outline.on(np.array([10.0, 20.0]), np.array([5.0, -5.0]))
    assert placed.lines() == [[(15.0, -5.0), (15.0, 5.0)]]
