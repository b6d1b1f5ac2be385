"""Operations that move numbers about and compute nothing: their VJPs move them back."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from .indexing import getitem
from .operation import Operation, Value, refuse_tensors

Shape: TypeAlias = tuple[int, ...]


@dataclass(eq=False, repr=False, slots=True)
class Reshape(Operation):
    """The same numbers, in the same order, in another shape."""

    shape: Shape

    name, symbol = "reshape", "reshape"
    latex = r"\operatorname{reshape}(<x>)"
    vjp_latex = {"x": r"\operatorname{reshape}(<g>)"}

    def forward(self, x: Value) -> Value:
        return np.reshape(x, self.shape)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return reshape(g, np.shape(x))


@dataclass(eq=False, repr=False, slots=True)
class Transpose(Operation):
    """The axes in another order; reversed if `axes` is None."""

    axes: Shape | None = None

    name, symbol = "transpose", "T"
    latex, precedence = r"<x>^\top", 3
    vjp_latex = {"x": r"<g>^\top"}

    def forward(self, x: Value) -> Value:
        return np.transpose(x, self.axes)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        if self.axes is None:
            return transpose(g)
        rank = len(self.axes)
        return transpose(g, tuple(int(i) for i in np.argsort([axis % rank for axis in self.axes])))


@dataclass(eq=False, repr=False, slots=True)
class BroadcastTo(Operation):
    """The same numbers repeated along new axes and axes of size 1, by NumPy's rule."""

    shape: Shape

    name, symbol = "broadcast_to", "broadcast"
    latex = r"\operatorname{broadcast}(<x>)"
    vjp_latex = {"x": r"\textstyle\sum <g>"}

    def forward(self, x: Value) -> Value:
        return np.broadcast_to(x, self.shape)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return sum_to(g, np.shape(x))


@dataclass(eq=False, repr=False, slots=True)
class SumTo(Operation):
    """Broadcasting undone: numbers that were repeated are added up. This is what fan-out asks for."""

    shape: Shape

    name, symbol = "sum_to", "Σ"
    latex = r"\textstyle\sum <x>"
    vjp_latex = {"x": r"\operatorname{broadcast}(<g>)"}

    def forward(self, x: Value) -> Value:
        rank, excess = np.ndim(x), np.ndim(x) - len(self.shape)
        stretched = [i for i in range(excess, rank) if self.shape[i - excess] == 1 != np.shape(x)[i]]
        summed = np.sum(x, axis=(*range(excess), *stretched), keepdims=True)
        return np.reshape(summed, self.shape)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return broadcast_to(g, np.shape(x))


@dataclass(eq=False, repr=False, slots=True)
class AsType(Operation):
    """The same numbers in another floating-point precision."""

    dtype: Any

    name, symbol = "astype", "dtype"
    latex = "<x>"
    local_latex = {"x": "1"}

    def forward(self, x: Value) -> Value:
        return x if type(x) is float and self.dtype == float else np.asarray(x).astype(self.dtype)[()]

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g


@dataclass(eq=False, repr=False, slots=True)
class Concatenate(Operation):
    """Arrays joined along an axis that they have."""

    axis: int = 0

    name, symbol = "concatenate", "concat"
    latex = r"\operatorname{concatenate}(\ldots)"
    vjp_latex = {"x": r"<g>[\ldots]"}

    def forward(self, *xs: Value) -> Value:
        return np.concatenate(xs, axis=self.axis)

    def vjp(self, position: int, g: Value, y: Value, operands: Sequence[Value]) -> Value:
        axis = self.axis % np.ndim(operands[0])
        start = sum(np.shape(x)[axis] for x in operands[:position])
        stop = start + np.shape(operands[position])[axis]
        return getitem(g, (slice(None),) * axis + (slice(start, stop),))


@dataclass(eq=False, repr=False, slots=True)
class Stack(Operation):
    """Arrays of one shape joined along a new axis."""

    axis: int = 0

    name, symbol = "stack", "stack"
    latex = r"\operatorname{stack}(\ldots)"
    vjp_latex = {"x": r"<g>[\ldots]"}

    def forward(self, *xs: Value) -> Value:
        return np.stack(xs, axis=self.axis)

    def vjp(self, position: int, g: Value, y: Value, operands: Sequence[Value]) -> Value:
        axis = self.axis % (np.ndim(operands[0]) + 1)
        return getitem(g, (slice(None),) * axis + (position,))


@dataclass(eq=False, repr=False, slots=True)
class Pad(Operation):
    """An array with `width[i]` = (before, after) constants added along axis i."""

    width: tuple[tuple[int, int], ...]
    constant: float = 0.0

    name, symbol = "pad", "pad"
    latex = r"\operatorname{pad}(<x>)"
    vjp_latex = {"x": r"<g>[\ldots]"}

    def forward(self, x: Value) -> Value:
        return np.pad(x, self.width, constant_values=self.constant) if self.width else np.asarray(x)[()]

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        inner = (slice(before, before + size) for (before, _), size in zip(self.width, np.shape(x), strict=True))
        return getitem(g, tuple(inner))


transpose_all = Transpose()


def reshape(x: Value, shape: int | Sequence[int]) -> Value:
    """Give `x` another shape; one size may be -1, to be found from the others.

    >>> reshape(np.arange(4.0), (2, -1))
    array([[0., 1.],
           [2., 3.]])
    """
    return Reshape(_sizes(shape))(x)


def transpose(x: Value, axes: Sequence[int] | None = None) -> Value:
    """Put the axes of `x` in the order `axes`; reverse them if it is None."""
    return transpose_all(x) if axes is None else Transpose(tuple(axes))(x)


def swapaxes(x: Value, first: int, second: int) -> Value:
    """Exchange two axes of `x`.

    Raises:
        ValueError: `x` does not have these axes.

    """
    rank = np.ndim(x)
    order = list(range(rank))
    first, second = (normalize_axis_index(axis, rank, "swapaxes") for axis in (first, second))
    order[first], order[second] = order[second], order[first]
    return transpose(x, order)


def expand_dims(x: Value, axis: int) -> Value:
    """Insert an axis of size 1 at position `axis` of the result.

    Raises:
        ValueError: the result has no such position.

    """
    shape = list(np.shape(x))
    shape.insert(normalize_axis_index(axis, len(shape) + 1, "expand_dims"), 1)
    return reshape(x, shape)


def squeeze(x: Value, axis: int | tuple[int, ...] | None = None) -> Value:
    """Remove axes of size 1: all of them, or those named.

    Raises:
        ValueError: a named axis has another size.

    """
    return reshape(x, np.squeeze(np.empty(np.shape(x)), axis).shape)


def broadcast_to(x: Value, shape: int | Sequence[int]) -> Value:
    """Repeat `x` to the given shape by NumPy's broadcasting rule."""
    return BroadcastTo(_sizes(shape))(x)


def sum_to(x: Value, shape: Shape) -> Value:
    """Add up `x` along the axes along which `shape` would be broadcast: the adjoint of `broadcast_to`."""
    return x if np.shape(x) == shape else SumTo(shape)(x)


def astype(x: Value, dtype: Any) -> Value:
    """Convert to another floating-point precision."""
    return AsType(np.dtype(dtype))(x)


def concatenate(arrays: Sequence[Value], axis: int | None = 0) -> Value:
    """Join arrays along an axis that they have; flatten them first if `axis` is None."""
    if axis is None:
        return Concatenate()(*(reshape(x, -1) for x in arrays))
    return Concatenate(axis)(*arrays)


def stack(arrays: Sequence[Value], axis: int = 0) -> Value:
    """Join arrays of one shape along a new axis."""
    return Stack(axis)(*arrays)


def pad(x: Value, width: int | Sequence[Any], constant: float = 0.0) -> Value:
    """Add constants around `x`; `width` as in `numpy.pad`: n, (before, after), or one such pair for each axis."""
    pairs = np.broadcast_to(np.asarray(width, int), (np.ndim(x), 2))
    refuse_tensors("pad", constant=constant)
    return Pad(tuple((int(before), int(after)) for before, after in pairs), constant)(x)


def _sizes(shape: int | Sequence[int]) -> Shape:
    return tuple(map(index, shape)) if isinstance(shape, Iterable) else (index(shape),)


def size_along(shape: Shape, axis: int | Sequence[int] | None) -> int:
    """How many numbers a reduction over `axis` puts into one."""
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    return math.prod(shape[i] for i in axes) if shape else 1
