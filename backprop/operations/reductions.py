"""Operations that make one number of many, along some axes or all; and running sums."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import TypeAlias

import numpy as np

from .arithmetic import divide
from .indexing import getitem
from .operation import Operation, Value
from .selection import where
from .shapes import broadcast_to, expand_dims, reshape, size_along, transpose

Axis: TypeAlias = int | tuple[int, ...] | None


@dataclass(eq=False, repr=False, slots=True)
class Reduction(Operation):
    """The family of reductions: over all axes (None), one, or several; `keepdims` leaves them with size 1."""

    axis: Axis = None
    keepdims: bool = False

    def keep(self, value: Value, x: Value) -> Value:
        """Put the reduced axes back, with size 1, so that `value` broadcasts against `x`."""
        if self.keepdims or self.axis is None or np.ndim(x) == 0:
            return value
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        for axis in sorted(a % np.ndim(x) for a in axes):
            value = expand_dims(value, axis)
        return value


class Sum(Reduction):
    """Sum of the entries."""

    __slots__ = ()
    name, symbol = "sum", "Σ"
    latex = r"\textstyle\sum <x>"
    vjp_latex = {"x": r"\operatorname{broadcast}(<g>)"}

    def forward(self, x: Value) -> Value:
        return np.sum(x, axis=self.axis, keepdims=self.keepdims)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return broadcast_to(self.keep(g, x), np.shape(x))


class Mean(Reduction):
    """Arithmetic mean of the entries."""

    __slots__ = ()
    name, symbol = "mean", "mean"
    latex = r"\operatorname{mean}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} \operatorname{broadcast}(<g>)"}

    def forward(self, x: Value) -> Value:
        return np.mean(x, axis=self.axis, keepdims=self.keepdims)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        count = size_along(np.shape(x), self.axis)
        return broadcast_to(self.keep(g * (1 / max(count, 1)), x), np.shape(x))


class Product(Reduction):
    """Product of the entries. The derivative is the product of the others, also where some are 0."""

    __slots__ = ()
    name, symbol = "prod", "Π"
    latex = r"\textstyle\prod <x>"
    vjp_latex = {"x": r"<g> \textstyle\prod_{j \ne i} <x>_j"}

    def forward(self, x: Value) -> Value:
        return np.prod(x, axis=self.axis, keepdims=self.keepdims)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        if np.all(x != 0):
            return self.keep(g, x) * divide(self.keep(y, x), x)
        return self.keep(g, x) * self._product_of_others(x)

    def _product_of_others(self, x: Value) -> Value:
        """For each entry, the product of the others: n × n of them with a diagonal of ones, multiplied up."""
        rank, axis = np.ndim(x), self.axis
        axes = (axis,) if isinstance(axis, int) else axis
        axes = tuple(range(rank)) if axes is None or rank == 0 else tuple(a % rank for a in axes)
        order = [*(i for i in range(rank) if i not in axes), *axes]
        moved = transpose(x, order)
        count = size_along(np.shape(x), axes)
        rows = reshape(moved, (*np.shape(moved)[: rank - len(axes)], 1, count))
        others = prod(where(np.eye(count, dtype=bool), 1.0, rows), axis=-1)
        return transpose(reshape(others, np.shape(moved)), np.argsort(order).tolist())


class Extremum(Reduction):
    """The family of max and min: entries that tie for it share the gradient equally."""

    __slots__ = ()
    domain = "at least one entry; entries that tie share the gradient equally"

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        """Upstream gradient times the share of each entry."""
        chosen = x == self.keep(y, x)
        shares = chosen / np.sum(chosen, axis=self.axis, keepdims=True)
        return self.keep(g, x) * shares


class Max(Extremum):
    """Largest entry."""

    __slots__ = ()
    name = symbol = "max"
    latex = r"\max <x>"
    vjp_latex = {"x": "<g> [<x> = <y>]"}

    def forward(self, x: Value) -> Value:
        return np.max(x, axis=self.axis, keepdims=self.keepdims)


class Min(Extremum):
    """Smallest entry."""

    __slots__ = ()
    name = symbol = "min"
    latex = r"\min <x>"
    vjp_latex = {"x": "<g> [<x> = <y>]"}

    def forward(self, x: Value) -> Value:
        return np.min(x, axis=self.axis, keepdims=self.keepdims)


@dataclass(eq=False, repr=False, slots=True)
class Variance(Reduction):
    """Mean squared deviation from the mean; the sum is divided by n - ddof."""

    ddof: int = 0

    name, symbol = "var", "var"
    latex = r"\operatorname{var}(<x>)"
    vjp_latex = {"x": r"\tfrac{2}{n} <g> (<x> - \bar{<x>})"}

    def forward(self, x: Value) -> Value:
        return np.var(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return self.keep(g, x) * (2 * _deviation(x, self.axis, self.ddof))


@dataclass(eq=False, repr=False, slots=True)
class StandardDeviation(Reduction):
    """Square root of the variance."""

    ddof: int = 0

    name, symbol = "std", "std"
    latex = r"\operatorname{std}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} <g> (<x> - \bar{<x>}) / <y>"}
    domain = "all real numbers; the derivative is taken as 0 where all entries are equal"

    def forward(self, x: Value) -> Value:
        return np.std(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        if np.size(x) == 0:
            return self.keep(g, x) * x
        # Entries that are equal need not have the standard deviation 0: their mean is rounded.
        equal = max_(x, self.axis, keepdims=True) == min_(x, self.axis, keepdims=True)
        slope = divide(_deviation(x, self.axis, self.ddof), where(equal, 1.0, self.keep(y, x)))
        return self.keep(g, x) * where(equal, 0.0, slope)


@dataclass(eq=False, repr=False, slots=True)
class CumulativeSum(Operation):
    """Running sum along an axis."""

    axis: int

    name, symbol = "cumsum", "cumsum"
    latex = r"\operatorname{cumsum}(<x>)"
    vjp_latex = {"x": r"\textstyle\sum_{j \ge i} <g>_j"}

    def forward(self, x: Value) -> Value:
        return np.cumsum(x, axis=self.axis)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        backwards = (slice(None),) * (self.axis % max(np.ndim(x), 1)) + (slice(None, None, -1),)
        return getitem(cumsum(getitem(g, backwards), self.axis), backwards)


def checked_axis(axis: int | Sequence[int] | None) -> Axis:
    """An axis as Python integers, which may have been given as NumPy's, or as a list."""
    return axis if axis is None else tuple(map(index, axis)) if isinstance(axis, Sequence) else index(axis)


def _deviation(x: Value, axis: Axis, ddof: int) -> Value:
    """Distance from the mean, divided by n - ddof; NaN where NumPy's variance is."""
    freedom = size_along(np.shape(x), axis) - ddof
    return (x - mean(x, axis, keepdims=True)) * (1 / freedom) if freedom > 0 else x * math.nan


def sum_(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Sum of the entries over `axis`: all axes (None), one, or several."""
    return Sum(checked_axis(axis), keepdims)(x)


def mean(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Arithmetic mean over `axis`."""
    return Mean(checked_axis(axis), keepdims)(x)


def prod(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Product of the entries over `axis`."""
    return Product(checked_axis(axis), keepdims)(x)


def max_(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Largest entry over `axis`."""
    return Max(checked_axis(axis), keepdims)(x)


def min_(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Smallest entry over `axis`."""
    return Min(checked_axis(axis), keepdims)(x)


def var(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False, ddof: int = 0) -> Value:
    """Variance over `axis`; the sum of squares is divided by n - ddof."""
    return Variance(checked_axis(axis), keepdims, ddof)(x)


def std(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False, ddof: int = 0) -> Value:
    """Standard deviation over `axis`; the sum of squares is divided by n - ddof."""
    return StandardDeviation(checked_axis(axis), keepdims, ddof)(x)


def cumsum(x: Value, axis: int | None = None) -> Value:
    """Running sum along `axis`; of the flattened array if it is None."""
    return CumulativeSum(0)(reshape(x, -1)) if axis is None else CumulativeSum(index(axis))(x)
