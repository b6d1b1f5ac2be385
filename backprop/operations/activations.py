"""Activation functions, each exact at large |x| where the textbook formula overflows or loses its digits."""

import math
from dataclasses import dataclass

import numpy as np

from .exponential import exp
from .operation import Operation, Value, elementwise, refuse_tensors
from .selection import minimum
from .trigonometric import tanh


class Sigmoid(Operation):
    """Logistic sigmoid: y = 1 / (1 + e^-x).

    >>> sigmoid(0.0)
    0.5
    """

    name, symbol = "sigmoid", "σ"
    latex = r"\sigma(<x>)"
    definition = r"\frac{1}{1 + e^{-<x>}}"
    local_latex = {"x": "<y> (1 - <y>)"}
    # Only exponentials of numbers ≤ 0 are taken: e^x / (1 + e^x) is the same function for negative x.
    forward = elementwise(
        lambda x: math.exp(min(x, 0.0)) / (1 + math.exp(-abs(x))),
        lambda x: np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))),
    )

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (y * (1 - y))


class Softplus(Operation):
    """Smooth ReLU: y = ln(1 + e^x)."""

    name, symbol = "softplus", "softplus"
    latex = r"\ln(1 + e^{<x>})"
    local_latex = {"x": r"\sigma(<x>)"}
    forward = elementwise(
        lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
        lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    )

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * sigmoid(x)


class ReLU(Operation):
    """Rectified linear unit: y = max(0, x)."""

    name, symbol = "relu", "ReLU"
    latex = r"\operatorname{ReLU}(<x>)"
    definition = r"\max(0, <x>)"
    local_latex = {"x": "[<x> > 0]"}
    conventions = {"<x> = 0": {"x": "0"}}
    domain = "all real numbers; the derivative at 0 is taken as 0"
    forward = elementwise(lambda x: 0.0 if x <= 0 else x, lambda x: np.maximum(x, 0))

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (y > 0)


@dataclass(eq=False, repr=False, slots=True)
class LeakyReLU(Operation):
    """y = x for x > 0, else slope · x."""

    slope: float = 0.01

    name, symbol = "leaky_relu", "LReLU"
    latex = r"\operatorname{LeakyReLU}(<x>)"
    definition = r"\max(0, <x>) + <slope> \cdot \min(0, <x>)"
    local_latex = {"x": r"[<x> > 0] + <slope> [<x> \le 0]"}
    conventions = {"<x> = 0": {"x": "<slope>"}}
    domain = "all real numbers; the derivative at 0 is taken as the slope"

    def forward(self, x: Value) -> Value:
        if type(x) is float:
            return x if x > 0 else self.slope * x
        return np.where(x > 0, x, self.slope * x)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        above = x > 0
        return g * above + g * (self.slope * (1 - 1.0 * above))


@dataclass(eq=False, repr=False, slots=True)
class ELU(Operation):
    """Exponential linear unit: y = x for x > 0, else alpha (e^x - 1). Clevert et al. (2015)."""

    alpha: float = 1.0

    name, symbol = "elu", "ELU"
    latex = r"\operatorname{ELU}(<x>)"
    definition = r"\max(0, <x>) + <alpha> (e^{\min(0, <x>)} - 1)"
    local_latex = {"x": r"[<x> > 0] + (<y> + <alpha>) [<x> \le 0]"}
    conventions = {"<x> = 0": {"x": "<alpha>"}}
    domain = "all real numbers; the derivative at 0 is taken as alpha"

    def forward(self, x: Value) -> Value:
        if type(x) is float:
            return x if x > 0 else self.alpha * math.expm1(x)
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        above = x > 0
        below = self.alpha * exp(minimum(x, 0.0))  # min: no overflow where it is not used
        return g * above + g * (below * (1 - 1.0 * above))


class GELU(Operation):
    """Gaussian error linear unit, in its tanh form. Hendrycks and Gimpel (2016), section 2."""

    name, symbol = "gelu", "GELU"
    latex = r"\operatorname{GELU}(<x>)"
    definition = r"\frac{<x>}{2}\,(1 + \tanh(\sqrt{\frac{2}{\pi}} (<x> + 0.044715 <x>^3)))"
    local_latex = {"x": r"\operatorname{GELU}'(<x>)"}

    def forward(self, x: Value) -> Value:
        return 0.5 * x * (1 + tanh(_gelu_argument(x)))

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        t = tanh(_gelu_argument(x))
        slope = _GELU_SCALE * (1 + 3 * _GELU_CUBIC * (x * x))
        return g * (0.5 * (1 + t) + 0.5 * x * ((1 - t * t) * slope))


_GELU_SCALE = math.sqrt(2 / math.pi)
_GELU_CUBIC = 0.044715


def _gelu_argument(x: Value) -> Value:
    return _GELU_SCALE * (x + _GELU_CUBIC * (x * x * x))


sigmoid = Sigmoid()
softplus = Softplus()
relu = ReLU()
gelu = GELU()


def leaky_relu(x: Value, slope: float = 0.01) -> Value:
    """Leaky ReLU: x where it is positive, else slope · x.

    >>> leaky_relu(-2.0, slope=0.1)
    -0.2
    """
    refuse_tensors("leaky_relu", slope=slope)
    return LeakyReLU(slope)(x)


def elu(x: Value, alpha: float = 1.0) -> Value:
    """Exponential linear unit: x where it is positive, else alpha (e^x - 1).

    >>> elu(3.0)
    3.0
    """
    refuse_tensors("elu", alpha=alpha)
    return ELU(alpha)(x)
