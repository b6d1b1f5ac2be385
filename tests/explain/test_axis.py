from math import isfinite, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.explain.axis import Axis, epoch_ticks, span_axis, value_axis
from backprop.explain.chart import horizontal_axis
from backprop.explain.numbers import format_number

VALUES = st.lists(st.floats(), min_size=1)


@given(VALUES, st.booleans())
def test_an_axis_holds_its_values(values: list[float], logarithmic: bool) -> None:
    axis = value_axis(values, logarithmic)
    assert axis.low < axis.high
    assert 2 <= len(axis.ticks) <= 12
    assert list(axis.ticks) == sorted(set(axis.ticks))
    for number in (*values, *axis.ticks):
        position = axis.position(number)
        assert not isfinite(position) or -1e-6 <= position <= 1 + 1e-6
        assert isfinite(position) or not 1e-280 < abs(number) < 1e280 or (axis.logarithmic and number < 0)


def test_positions() -> None:
    assert Axis(1, 3, ()).position(2) == 0.5
    assert Axis(0.01, 1, (), True).position(0.1) == pytest.approx((log10(0.1) + 2) / 2)


@given(st.integers(1, 10**6))
def test_epochs_are_counted_in_round_numbers(epochs: int) -> None:
    ticks = epoch_ticks(epochs)
    assert 1 <= len(ticks) <= 6 or epochs == 7
    assert all(1 <= tick <= epochs for tick in ticks)


@given(VALUES, st.booleans())
def test_an_axis_from_the_smallest_to_the_largest(values: list[float], logarithmic: bool) -> None:
    axis = span_axis(values, logarithmic)
    placed = [axis.position(value) for value in values if isfinite(axis.position(value))]
    assert axis.low < axis.high
    assert all(-1e-6 <= position <= 1 + 1e-6 for position in (*placed, *map(axis.position, axis.ticks)))
    if max(placed, default=0) - min(placed, default=0) > 0.9:  # not moved apart
        assert min(placed) == pytest.approx(0, abs=1e-6)
        assert max(placed) == pytest.approx(1, abs=1e-6)


@given(VALUES, st.booleans())
def test_no_two_ticks_have_the_same_label(values: list[float], logarithmic: bool) -> None:
    for axis in (value_axis(values, logarithmic), span_axis(values, logarithmic), horizontal_axis(values, logarithmic)):
        labels = [format_number(tick) for tick in axis.ticks]
        assert len(set(labels)) == len(labels) > 0


def test_whole_numbers_are_counted_in_whole_numbers() -> None:
    assert span_axis([0, 1]).ticks == (0, 1)
    assert span_axis([0]).ticks == (0,)
    assert span_axis([0, 0.5, 1]).ticks == (0, 0.2, 0.4, 0.6, 0.8, 1)


def test_powers_of_ten_on_a_logarithmic_axis() -> None:
    assert value_axis([1e-9, 0.3], True).ticks == (1e-9, 1e-7, 1e-5, 1e-3, 0.1)
    assert span_axis([1.2, 1.8], True).ticks == (1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8)
    assert not value_axis([-1.0, 0.0], True).logarithmic


def test_long_numbers_below_an_axis_have_space() -> None:
    assert len(horizontal_axis([1.0, 7.0]).ticks) == 7
    assert len(horizontal_axis([1.00123e-12, 1.00246e-12]).ticks) < 5
