"""The softmax family: exponentials of many numbers, after the largest is subtracted, so that none overflows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .exponential import exp
from .operation import Operation, Value
from .reductions import Reduction, checked_axis, sum_


class LogSumExp(Reduction):
    """ln of the sum of e^x, by subtracting the maximum first: no overflow."""

    __slots__ = ()
    name, symbol = "logsumexp", "lse"
    latex = r"\ln \textstyle\sum e^{<x>}"
    vjp_latex = {"x": r"<g> \cdot e^{<x> - <y>}"}

    def forward(self, x: Value) -> Value:
        top = np.max(x, axis=self.axis, keepdims=True)
        top = np.where(np.isfinite(top), top, 0)
        with np.errstate(divide="ignore"):  # the sum is 0 where every x is −∞, and −∞ is then the answer
            result = np.log(np.sum(np.exp(x - top), axis=self.axis, keepdims=True)) + top
        return result if self.keepdims else np.squeeze(result, self.axis)[()]

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return self.keep(g, x) * exp(x - self.keep(y, x))


@dataclass(eq=False, repr=False, slots=True)
class Softmax(Operation):
    """Positive numbers that add up to 1 along the axis: e^x / sum of e^x."""

    axis: int = -1

    name = symbol = "softmax"
    latex = r"\operatorname{softmax}(<x>)"
    vjp_latex = {"x": r"<y> \odot (<g> - \textstyle\sum <g> \odot <y>)"}

    def forward(self, x: Value) -> Value:
        powers = np.exp(x - np.max(x, axis=self.axis, keepdims=True))
        return powers / np.sum(powers, axis=self.axis, keepdims=True)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return y * (g - sum_(g * y, self.axis, keepdims=True))


@dataclass(eq=False, repr=False, slots=True)
class LogSoftmax(Operation):
    """Logarithm of the softmax, without taking the logarithm of a number that underflowed."""

    axis: int = -1

    name, symbol = "log_softmax", "ln softmax"
    latex = r"\ln \operatorname{softmax}(<x>)"
    vjp_latex = {"x": r"<g> - e^{<y>} \textstyle\sum <g>"}

    def forward(self, x: Value) -> Value:
        shifted = x - np.max(x, axis=self.axis, keepdims=True)
        return shifted - np.log(np.sum(np.exp(shifted), axis=self.axis, keepdims=True))

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g - exp(y) * sum_(g, self.axis, keepdims=True)


def logsumexp(x: Value, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Value:
    """Logarithm of the sum of e^x over `axis`.

    >>> float(logsumexp(np.array([1000.0, -1000.0])))
    1000.0
    """
    return LogSumExp(checked_axis(axis), keepdims)(x)


def softmax(x: Value, axis: int = -1) -> Value:
    """e^x divided by its sum along `axis`."""
    return Softmax(axis)(x)


def log_softmax(x: Value, axis: int = -1) -> Value:
    """Logarithm of the softmax along `axis`."""
    return LogSoftmax(axis)(x)
