"""Indexing with integers, slices, None, Ellipsis, integer arrays and boolean arrays, and its adjoint."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .operation import Operation, Value


@dataclass(eq=False, repr=False, slots=True)
class GetItem(Operation):
    """Selection: y = x[index]."""

    index: Any

    name, symbol = "getitem", "[ ]"
    latex = r"<x>[\ldots]"
    vjp_latex = {"x": r"\operatorname{scatter}(<g>)"}

    def forward(self, x: Value) -> Value:
        return np.asarray(x)[self.index]

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return Scatter(self.index, np.shape(x))(g)


@dataclass(eq=False, repr=False, slots=True)
class Scatter(Operation):
    """Zeros of the given shape with `x` added at `index`: an entry that was selected twice gets both."""

    index: Any
    shape: tuple[int, ...]

    name, symbol = "scatter", "scatter"
    latex = r"\operatorname{scatter}(<x>)"
    vjp_latex = {"x": r"<g>[\ldots]"}

    def forward(self, x: Value) -> Value:
        zeros = np.zeros(self.shape, np.result_type(x))
        if _selects_once(self.index):
            zeros[self.index] = x
        else:
            np.add.at(zeros, self.index, x)
        return zeros

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return getitem(g, self.index)


def getitem(x: Value, index: Any) -> Value:
    """Select from `x` as NumPy does.

    Raises:
        IndexError: the index does not fit the shape.
        TypeError: a tensor is used as an index.

    >>> getitem(np.arange(4.0), slice(1, 3))
    array([1., 2.])

    """
    for part in index if isinstance(index, tuple) else (index,):
        if hasattr(part, "_apply"):
            raise TypeError("a tensor cannot be an index; use an integer or boolean array, such as tensor.value > 0")
    return GetItem(_own(index))(x)


def _own(index: Any) -> Any:
    """The index as it is now: what is done to its arrays later must not reach the backward pass."""
    if isinstance(index, tuple):
        return tuple(map(_own, index))
    return np.array(index) if isinstance(index, np.ndarray | list) else index


def _selects_once(index: Any) -> bool:
    """Whether no entry can be selected twice: only integers, slices, None and Ellipsis."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is Ellipsis or isinstance(part, int | slice | np.integer) for part in parts)
