"""Layer normalisation."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operations import mean, sqrt
from ..tensor import Tensor
from .arguments import Precision, positive, precision
from .module import Module


class LayerNorm(Module):
    """y = scale (x - μ) / √(σ² + epsilon) + shift, with mean μ and variance σ² of the last axis of each example.

    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization" (2016), equations 3 and 4.

    Args:
        size: length of the last axis.
        epsilon: keeps an example of equal numbers from being divided by 0.
        dtype: precision of the parameters.

    Attributes:
        scale: shape (size,), starts from 1.
        shift: shape (size,), starts from 0.

    Raises:
        ValueError: a size or an epsilon that is not positive.

    >>> LayerNorm(2)(np.array([[1.0, 3.0]])).value.round(4)
    array([[-1.,  1.]])

    """

    keeps_shape = True

    def __init__(self, size: int, epsilon: float = 1e-5, dtype: Precision = "float64") -> None:
        if not epsilon > 0:
            raise ValueError(f"epsilon is a positive number, such as 1e-5, not {epsilon!r}")
        self.size, self.epsilon = positive("size", size), float(epsilon)
        self.scale = Tensor(np.ones(self.size, precision(dtype)))
        self.shift = Tensor(np.zeros(self.size, precision(dtype)))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(size,)."""
        return (self.size,)

    def forward(self, x: Any) -> Any:
        """Inputs of shape (…, size) to outputs of the same shape.

        Raises:
            ShapeError: the last axis of x is not `size` long.

        """
        if np.shape(x)[-1:] != (self.size,):  # of size 1 it would be broadcast
            raise ShapeError(f"{self!r} takes inputs of shape (…, {self.size}), not {np.shape(x)}")
        centred = x - mean(x, axis=-1, keepdims=True)
        variance = mean(centred * centred, axis=-1, keepdims=True)
        return centred / sqrt(variance + self.epsilon) * self.scale + self.shift

    def __repr__(self) -> str:
        epsilon = "" if self.epsilon == 1e-5 else f", epsilon={self.epsilon:g}"
        return f"LayerNorm({self.size}{epsilon})"
