"""Exponentials and logarithms."""

import math

import numpy as np

from .operation import Operation, Value, elementwise


class Exponential(Operation):
    """Exponential: y = e^x.

    >>> exp(0.0)
    1.0
    """

    name, symbol = "exp", "exp"
    latex, precedence = "e^{<x>}", 3
    local_latex = {"x": "<y>"}
    forward = elementwise(math.exp, np.exp)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * y


class Expm1(Operation):
    """e^x - 1, exact for small x, where subtracting 1 afterwards would lose every digit."""

    name, symbol = "expm1", "expm1"
    latex, precedence = "e^{<x>} - 1", 1
    local_latex = {"x": "<y> + 1"}
    forward = elementwise(math.expm1, np.expm1)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (y + 1)


class Logarithm(Operation):
    """Natural logarithm."""

    name, symbol = "log", "ln"
    latex = r"\ln <x>"
    local_latex = {"x": r"\frac{1}{<x>}"}
    domain = "x > 0; 0 gives −∞ and negative numbers NaN"
    forward = elementwise(math.log, np.log)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * reciprocal(x)


class Log1p(Operation):
    """ln(1 + x), exact for small x."""

    name, symbol = "log1p", "log1p"
    latex = r"\ln(1 + <x>)"
    local_latex = {"x": r"\frac{1}{1 + <x>}"}
    domain = "x > −1"
    forward = elementwise(math.log1p, np.log1p)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * reciprocal(1 + x)


class Reciprocal(Operation):
    """Reciprocal: y = 1 / x."""

    name, symbol = "reciprocal", "1/x"
    latex = r"\frac{1}{<x>}"
    local_latex = {"x": r"-\frac{1}{<x>^2}"}
    domain = "x ≠ 0; 1 / 0 is infinite"
    forward = elementwise(lambda x: 1 / x, np.reciprocal)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return -g * (y * y)


exp = Exponential()
expm1 = Expm1()
log = Logarithm()
log1p = Log1p()
reciprocal = Reciprocal()
