"""The fully connected layer."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operations import Operation, affine, matmul
from ..tensor import Tensor
from .arguments import Precision, Seed, positive, precision
from .initialization import Initialization, initialize
from .module import Module


class Linear(Module):
    """y = x W + b: every output is a weighted sum of all inputs.

    Args:
        inputs: number of inputs.
        outputs: number of outputs.
        bias: whether b is added; it starts from 0.
        initialization: what W starts from, by name or as a function; see `backprop.nn.initialization`.
        dtype: precision of the parameters, float32 or float64.
        seed: for `numpy.random.default_rng`; a generator is used as it is.

    Attributes:
        weight: W, shape (inputs, outputs).
        bias: b, shape (outputs,), or None.

    Raises:
        ValueError: a size that is not positive, or a precision that is no floating-point one.

    >>> layer = Linear(3, 2, seed=0)
    >>> layer(np.zeros((5, 3))).value.shape
    (5, 2)

    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        bias: bool = True,
        *,
        initialization: str | Initialization = "glorot_uniform",
        dtype: Precision = "float64",
        seed: Seed = None,
    ) -> None:
        self.inputs, self.outputs = positive("inputs", inputs), positive("outputs", outputs)
        dtype, rng = precision(dtype), np.random.default_rng(seed)
        self.weight = Tensor(initialize(initialization, (self.inputs, self.outputs), rng, dtype))
        self.bias = Tensor(np.zeros(self.outputs, dtype)) if bias else None

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(inputs,)."""
        return (self.inputs,)

    def forward(self, x: Any) -> Any:
        """Inputs of shape (…, inputs) to outputs of shape (…, outputs).

        Raises:
            ShapeError: the last axis of x is not `inputs` long.

        """
        return self.compute(affine, x)

    def compute(self, operation: Operation, x: Any) -> Any:
        """`forward`, by another operation than `affine` on the same operands if there is a bias.

        Raises:
            ShapeError: see `forward`.

        """
        try:
            return matmul(x, self.weight) if self.bias is None else operation(x, self.weight, self.bias)
        except ShapeError as error:
            raise ShapeError(f"{self!r} takes inputs of shape (…, {self.inputs}), not {np.shape(x)}") from error

    def __repr__(self) -> str:
        return f"Linear({self.inputs}, {self.outputs}{', bias=False' * (self.bias is None)})"
