"""The fully connected layer with its activation in one operation: a step forward and one backward less.

What comes in between is not kept. So there is one for each activation whose derivative can be told from its result.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .activations import relu, sigmoid
from .affine import Affine, affine
from .operation import Operation, Value
from .trigonometric import tanh


def _vjp_latex(slope: str) -> dict[str, str]:
    """VJPs, for the slope of the activation in terms of its result."""
    inner = rf"<g> \odot {slope}"
    return {
        "x": rf"({inner})\,<weight>^\top",
        "weight": rf"<x>^\top ({inner})",
        "bias": rf"\textstyle\sum {inner}",
    }


class AffineActivation(Affine):
    """y = f(x W + b); shapes as for `Affine`. Subclasses give f, and compute it in the array of x W + b."""

    precedence = 4

    activation: ClassVar[Operation]
    """f; its VJP uses the result alone."""

    def vjp_x(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        return affine.vjp_x(self._before(g, y), y, x, weight, bias)

    def vjp_weight(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        return affine.vjp_weight(self._before(g, y), y, x, weight, bias)

    def vjp_bias(self, g: Value, y: Value, x: Value, weight: Value, bias: Value) -> Value:
        return affine.vjp_bias(self._before(g, y), y, x, weight, bias)

    def contributions(
        self, g: Value, y: Value, operands: Sequence[Value], outs: Sequence[Any]
    ) -> Sequence[Value] | None:
        return affine.contributions(self._before(g, y), y, operands, outs)

    def _before(self, g: Value, y: Value) -> Value:
        """The gradient upstream of f."""
        return self.activation.vjp(0, g, y, (y,))


class AffineTanh(AffineActivation):
    """y = tanh(x W + b)."""

    name, symbol = "affine_tanh", "tanh(xW+b)"
    latex = r"\tanh(<x>\,<weight> + <bias>)"
    vjp_latex = _vjp_latex("(1 - <y>^2)")
    activation = tanh

    def forward(self, x: Value, weight: Value, bias: Value) -> Value:
        y = affine.forward(x, weight, bias)
        try:
            return np.tanh(y, y)
        except TypeError:  # whole numbers
            return np.tanh(y)

    def contributions(
        self, g: Value, y: Value, operands: Sequence[Value], outs: Sequence[Any]
    ) -> Sequence[Value] | None:
        product = g * y
        product *= y
        return affine.contributions(np.subtract(g, product, product), y, operands, outs)

    def _before(self, g: Value, y: Value) -> Value:
        return g - g * y * y  # for arrays faster than g (1 - y²), as no operand is a Python number


class AffineReLU(AffineActivation):
    """y = max(0, x W + b)."""

    name, symbol = "affine_relu", "ReLU(xW+b)"
    latex = r"\operatorname{ReLU}(<x>\,<weight> + <bias>)"
    vjp_latex = _vjp_latex("[<y> > 0]")
    domain = "all real numbers; the derivative of ReLU at 0 is taken as 0"
    activation = relu

    def forward(self, x: Value, weight: Value, bias: Value) -> Value:
        y = affine.forward(x, weight, bias)
        return np.maximum(y, 0, out=y)


class AffineSigmoid(AffineActivation):
    """y = σ(x W + b)."""

    name, symbol = "affine_sigmoid", "σ(xW+b)"
    latex = r"\sigma(<x>\,<weight> + <bias>)"
    vjp_latex = _vjp_latex("<y> (1 - <y>)")
    activation = sigmoid

    def forward(self, x: Value, weight: Value, bias: Value) -> Value:
        return sigmoid.forward(affine.forward(x, weight, bias))


affine_tanh = AffineTanh()
affine_relu = AffineReLU()
affine_sigmoid = AffineSigmoid()
