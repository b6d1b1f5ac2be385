"""The usual functions as methods: `x.tanh().sum(axis=0)`."""

from collections.abc import Sequence
from typing import Any, Self

from . import operations as ops


class FunctionMethods:
    """Methods of a tensor that call the operation of their name."""

    __slots__ = ()

    def exp(self) -> Self:
        """Exponential."""
        return ops.exp(self)

    def log(self) -> Self:
        """Natural logarithm."""
        return ops.log(self)

    def sqrt(self) -> Self:
        """Square root."""
        return ops.sqrt(self)

    def tanh(self) -> Self:
        """Hyperbolic tangent."""
        return ops.tanh(self)

    def sigmoid(self) -> Self:
        """Logistic sigmoid."""
        return ops.sigmoid(self)

    def relu(self) -> Self:
        """Rectified linear unit."""
        return ops.relu(self)

    def sum(self, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Self:
        """Sum over `axis`."""
        return ops.sum_(self, axis, keepdims)

    def mean(self, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Self:
        """Arithmetic mean over `axis`."""
        return ops.mean(self, axis, keepdims)

    def max(self, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Self:
        """Largest entry over `axis`."""
        return ops.max_(self, axis, keepdims)

    def min(self, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Self:
        """Smallest entry over `axis`."""
        return ops.min_(self, axis, keepdims)

    def reshape(self, *shape: Any) -> Self:
        """Give it another shape, as one tuple or as several numbers."""
        return ops.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: int) -> Self:
        """Put the axes in another order; reverse them if none is given."""
        return ops.transpose(self, axes or None)

    @property
    def T(self) -> Self:  # noqa: N802 (NumPy's name)
        """The axes reversed."""
        return ops.transpose(self)
