"""Trigonometric and hyperbolic functions; angles in radians."""

import math

import numpy as np

from .operation import Operation, Value, elementwise


class Sine(Operation):
    """Sine.

    >>> sin(0.0)
    0.0
    """

    name = symbol = "sin"
    latex = r"\sin <x>"
    local_latex = {"x": r"\cos <x>"}
    forward = elementwise(math.sin, np.sin)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * cos(x)


class Cosine(Operation):
    """Cosine."""

    name = symbol = "cos"
    latex = r"\cos <x>"
    local_latex = {"x": r"-\sin <x>"}
    forward = elementwise(math.cos, np.cos)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return -g * sin(x)


class Tangent(Operation):
    """Tangent."""

    name = symbol = "tan"
    latex = r"\tan <x>"
    local_latex = {"x": "1 + <y>^2"}
    domain = "x ≠ π/2 + kπ"
    forward = elementwise(math.tan, np.tan)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (1 + y * y)


class HyperbolicSine(Operation):
    """Hyperbolic sine."""

    name = symbol = "sinh"
    latex = r"\sinh <x>"
    local_latex = {"x": r"\cosh <x>"}
    forward = elementwise(math.sinh, np.sinh)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * cosh(x)


class HyperbolicCosine(Operation):
    """Hyperbolic cosine."""

    name = symbol = "cosh"
    latex = r"\cosh <x>"
    local_latex = {"x": r"\sinh <x>"}
    forward = elementwise(math.cosh, np.cosh)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * sinh(x)


class HyperbolicTangent(Operation):
    """Hyperbolic tangent."""

    name = symbol = "tanh"
    latex = r"\tanh <x>"
    local_latex = {"x": "1 - <y>^2"}
    forward = elementwise(math.tanh, np.tanh)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (1 - y * y)


sin = Sine()
cos = Cosine()
tan = Tangent()
sinh = HyperbolicSine()
cosh = HyperbolicCosine()
tanh = HyperbolicTangent()
