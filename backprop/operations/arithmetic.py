"""Sums, products, quotients and powers."""

import math

import numpy as np

from .exponential import log
from .operation import Operation, Value, elementwise, numbers
from .selection import where


class Add(Operation):
    """Sum: y = a + b.

    >>> add(1.0, 3.0)
    4.0
    """

    name, symbol = "add", "+"
    latex, precedence = "<a> + <b>", 1
    local_latex = {"a": "1", "b": "1"}

    def forward(self, a: Value, b: Value) -> Value:
        return a + b if numbers(a, b) else np.add(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g


class Subtract(Operation):
    """Difference: y = a - b."""

    name, symbol = "subtract", "−"
    latex, precedence = "<a> - <b>", 1
    local_latex = {"a": "1", "b": "-1"}

    def forward(self, a: Value, b: Value) -> Value:
        return a - b if numbers(a, b) else np.subtract(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return -g


class Multiply(Operation):
    """Product, element by element: y = a b."""

    name, symbol = "multiply", "×"
    latex, precedence = r"<a> \cdot <b>", 2
    local_latex = {"a": "<b>", "b": "<a>"}

    def forward(self, a: Value, b: Value) -> Value:
        return a * b if numbers(a, b) else np.multiply(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * b

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * a


class Divide(Operation):
    """Quotient: y = a / b."""

    name, symbol = "divide", "÷"
    latex = r"\frac{<a>}{<b>}"
    local_latex = {"a": r"\frac{1}{<b>}", "b": r"-\frac{<a>}{<b>^2}"}
    domain = "b ≠ 0; division by zero gives an infinity or NaN"

    def forward(self, a: Value, b: Value) -> Value:
        if numbers(a, b):
            return a / b if b else float(np.divide(a, b))
        return np.divide(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return divide(g, b)

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return divide(-g * y, b)


class Negative(Operation):
    """Opposite: y = -x."""

    name, symbol = "negative", "−"
    latex, precedence = "-<x>", 3
    local_latex = {"x": "-1"}

    def forward(self, x: Value) -> Value:
        return -x

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return -g


class Power(Operation):
    """Power: y = a^b."""

    name, symbol = "power", "^"
    latex, precedence = "<a>^{<b>}", 3
    local_latex = {"a": r"<b> \cdot <a>^{<b> - 1}", "b": r"<y> \cdot \ln <a>"}
    conventions = {
        "<a> = 0 < <b> < 1": {"a": r"\infty"},
        r"<a> = 0 \le <b>": {"b": "0"},
        "<a> < 0": {"b": r"\mathrm{NaN}"},
    }
    domain = "a > 0, or any a with a whole b; 0^b has derivative 0 with respect to b, a^0 with respect to a"

    def forward(self, a: Value, b: Value) -> Value:
        if numbers(a, b):
            try:
                return math.pow(a, b)
            except (ValueError, OverflowError):
                return float(np.power(float(a), float(b)))
        return np.power(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        if numbers(b):
            return g * (b * power(a, b - 1)) if b else g * 0.0
        return g * (b * power(a, where(b == 0, 1.0, b - 1)))  # where b is 0 so is the factor: avoid 0 · a⁻¹

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * (y * log(where(a == 0, 1.0, a)))  # where a is 0 so is y: avoid 0 · ln 0


class SquareRoot(Operation):
    """Square root."""

    name, symbol = "sqrt", "√"
    latex = r"\sqrt{<x>}"
    local_latex = {"x": r"\frac{1}{2 <y>}"}
    conventions = {"<x> = 0": {"x": r"\infty"}}
    domain = "x ≥ 0; the derivative at 0 is infinite"
    forward = elementwise(math.sqrt, np.sqrt)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return divide(g, 2 * y)


class Absolute(Operation):
    """Absolute value."""

    name, symbol = "abs", "|·|"
    latex = r"\left|<x>\right|"
    local_latex = {"x": r"\operatorname{sgn} <x>"}
    conventions = {"<x> = 0": {"x": "0"}}
    domain = "all real numbers; the derivative at 0 is taken as 0"
    forward = elementwise(math.fabs, np.abs)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (1.0 * (x > 0) - (x < 0))


add = Add()
subtract = Subtract()
multiply = Multiply()
divide = Divide()
negative = Negative()
power = Power()
sqrt = SquareRoot()
absolute = Absolute()
