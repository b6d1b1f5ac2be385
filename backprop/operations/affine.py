"""The fully connected layer in one operation: a product with a matrix and a sum, in one array."""

import numpy as np

from .operation import Operation, Value
from .reductions import sum_
from .shapes import reshape, transpose


class Affine(Operation):
    """y = x W + b, for x of shape (…, inputs), W of shape (inputs, outputs) and b of shape (outputs,).

    The same as `x @ W + b`, with one array and one step of the backward pass less.
    """

    name, symbol = "affine", "xW+b"
    latex, precedence = r"<x>\,<weight> + <bias>", 1
    vjp_latex = {
        "x": r"<g>\,<weight>^\top",
        "weight": r"<x>^\top <g>",
        "bias": r"\textstyle\sum <g>",
    }
    shape_rule = "x is (…, inputs), the weight (inputs, outputs) and the bias (outputs,)"

    def forward(self, x: Value, weight: Value, bias: Value) -> Value:
        if len(weight.shape) != 2 or bias.shape != weight.shape[1:] or not x.shape:
            raise ValueError(self.shape_rule)
        y = x @ weight
        return np.add(y, bias, out=y) if y.dtype == bias.dtype else y + bias

    def vjp_x(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        return g @ weight.T

    def vjp_weight(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        if len(x.shape) == 2:
            return x.T @ g
        return transpose(reshape(x, (-1, weight.shape[0]))) @ reshape(g, (-1, weight.shape[1]))

    def vjp_bias(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        return sum_(g, tuple(range(len(x.shape) - 1)))


affine = Affine()
