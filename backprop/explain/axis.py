"""Numbers along a line: where its ends are, where it is labelled, and where a value stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

SMALLEST = 1e-290
HEADROOM = 0.04
"""Share of an axis of values that is left free above the largest."""


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


def value_axis(values: Sequence[float], logarithmic: bool) -> Axis:
    """An axis that holds all finite values and begins at a round number, at 0 where that is not far away.

    >>> value_axis([0.12, 0.7], False).ticks, value_axis([0.9, 0.96], False).ticks
    ((0.0, 0.2, 0.4, 0.6), (0.9, 0.92, 0.94, 0.96))
    >>> value_axis([0.03, 0.7], True).ticks
    (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    """
    positive = [value for value in values if _has_place(value, logarithmic=True)]
    if logarithmic and positive:
        low, high = _round_below(min(positive)), _round_above(max(positive))
        low, high = (low, high) if low < high else (low / 2, high * 2)
        return Axis(low, high, _powers(low, high, most=8), True)
    low, high = _ends(values)
    if 0 < low < high / 4:
        low = 0.0
    step = _round_above((high - low) / 5)
    low, high = step * floor(low / step + 1e-9), high + (high - low) * HEADROOM
    return Axis(low, high, _multiples(step, low, high))


def span_axis(values: Sequence[float], logarithmic: bool = False, most: int = 7) -> Axis:
    """An axis from the smallest value to the largest, with round numbers between them, about `most` (at least 5).

    Whole numbers are counted in whole numbers.

    >>> span_axis([0, 1, 2, 3]).ticks, span_axis([-0.3, 0.9]).ticks
    ((0.0, 1.0, 2.0, 3.0), (-0.2, 0.0, 0.2, 0.4, 0.6, 0.8))
    >>> span_axis([1e-8, 0.1], True).ticks
    (1e-08, 1e-06, 0.0001, 0.01)
    """
    positive = [value for value in values if _has_place(value, logarithmic=True)]
    if logarithmic and positive:
        low, high = min(positive), max(positive)
        low, high = (low, high) if low * (1 + 1e-5) < high else (low / 2, high * 2)
        ticks = _powers(low, high, most)
        return Axis(
            low, high, ticks if len(ticks) > 1 else _multiples(_round_above((high - low) / most), low, high), True
        )
    low, high = _ends(values)
    step = _round_above((high - low) / most)
    if step < 1 and all(float(value).is_integer() for value in values):
        step = 1.0
    return Axis(low, high, _multiples(step, low, high))


def epoch_ticks(epochs: int) -> tuple[int, ...]:
    """Round numbers of epochs, about six.

    >>> epoch_ticks(4), epoch_ticks(90)
    ((1, 2, 3, 4), (20, 40, 60, 80))
    """
    step = max(1, int(_round_above(epochs / 6)))
    return tuple(range(step, epochs + 1, step))


def _has_place(value: float, logarithmic: bool = False) -> bool:
    """Whether there is a point for it: numbers at the ends of what floats can hold are left out too."""
    return abs(value) < 1 / SMALLEST and (value > SMALLEST or not logarithmic)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The smallest and the largest value, moved apart if labels of six digits could not tell them apart."""
    finite = [value for value in values if _has_place(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if high - low <= 1e-4 * max(abs(low), abs(high)) or high - low < SMALLEST:
        return low - (abs(low) / 10 or 0.5), high + (abs(high) / 10 or 0.5)
    return low, high


def _powers(low: float, high: float, most: int) -> tuple[float, ...]:
    """Powers of ten from `low` to `high`, at most about `most`; over less than two powers also their 2nd and 5th."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    steps = (1, 2, 5) if high <= 100 * low else (1,)
    stride = ceil(len(powers) / most)
    ticks = (float(f"{step}e{power}") for power in powers[::stride] for step in steps)
    return tuple(t for t in ticks if low <= t * (1 + 1e-9) <= high * (1 + 2e-9))


def _multiples(step: float, low: float, high: float) -> tuple[float, ...]:
    """The multiples of a step from `low` to `high`."""
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple(float(f"{i * step:.12g}") for i in range(first, last + 1))


def _round_above(number: float) -> float:
    """The smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, … that is not below a positive number."""
    power = floor(log10(number))
    return next(r for step in (1, 2, 5, 10) if (r := float(f"{step}e{power}")) >= number * (1 - 1e-9))


def _round_below(number: float) -> float:
    """The largest of these that is not above it."""
    power = floor(log10(number))
    return next(r for step in (5, 2, 1) if (r := float(f"{step}e{power}")) <= number * (1 + 1e-9))
