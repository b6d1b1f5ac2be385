"""Operations that choose between values; each states who gets the gradient at a tie or at a border."""

from dataclasses import dataclass

import numpy as np

from .operation import Operation, Value, numbers, refuse_tensors


class Where(Operation):
    """y = a where the condition holds, else b. No gradient flows to the condition.

    >>> where(np.array([True, False]), 1.0, 2.0)
    array([1., 2.])
    """

    name, symbol = "where", "where"
    latex = r"\operatorname{where}(<condition>, <a>, <b>)"
    local_latex = {"a": "[<condition>]", "b": r"[\lnot <condition>]"}

    def forward(self, condition: Value, a: Value, b: Value) -> Value:
        if numbers(a, b) and np.ndim(condition) == 0:
            return float(a if condition else b)
        return np.where(condition, a, b)

    def vjp_a(self, g: Value, y: Value, condition: Value, a: Value, b: Value) -> Value:
        return where(condition, g, 0.0)

    def vjp_b(self, g: Value, y: Value, condition: Value, a: Value, b: Value) -> Value:
        return where(condition, 0.0, g)


class Maximum(Operation):
    """The larger of two values, element by element."""

    name, symbol = "maximum", "max"
    latex = r"\max(<a>, <b>)"
    local_latex = {"a": "[<a> > <b>]", "b": "[<b> > <a>]"}
    conventions = {"<a> = <b>": {"a": r"\frac{1}{2}", "b": r"\frac{1}{2}"}}
    domain = "all real numbers; at a tie each operand gets half of the gradient"

    def forward(self, a: Value, b: Value) -> Value:
        larger = np.maximum(a, b)
        return float(larger) if numbers(a, b) else larger

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * _share(a > b, a == b)

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * _share(b > a, a == b)


class Minimum(Operation):
    """The smaller of two values, element by element."""

    name, symbol = "minimum", "min"
    latex = r"\min(<a>, <b>)"
    local_latex = {"a": "[<a> < <b>]", "b": "[<b> < <a>]"}
    conventions = {"<a> = <b>": {"a": r"\frac{1}{2}", "b": r"\frac{1}{2}"}}
    domain = "all real numbers; at a tie each operand gets half of the gradient"

    def forward(self, a: Value, b: Value) -> Value:
        smaller = np.minimum(a, b)
        return float(smaller) if numbers(a, b) else smaller

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * _share(a < b, a == b)

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return g * _share(b < a, a == b)


@dataclass(eq=False, repr=False, slots=True)
class Clip(Operation):
    """x limited to the interval [low, high]; None leaves a side open."""

    low: float | None = None
    high: float | None = None

    name = symbol = "clip"
    latex = r"\operatorname{clip}(<x>, <low>, <high>)"
    definition = r"\min(\max(<x>, <low>), <high>)"
    local_latex = {"x": r"[<low> \le <x> \le <high>]"}
    conventions = {r"<x> \in \{<low>, <high>\}": {"x": "1"}}
    domain = "all real numbers; the derivative at the borders is 1"

    def forward(self, x: Value) -> Value:
        clipped = np.clip(x, self.low, self.high)
        return float(clipped) if numbers(x) else clipped

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return g * (x == y)


def _share(wins: Value, ties: Value) -> Value:
    """Local derivative of a choice: 1 for the chosen, 1/2 at a tie."""
    return 1.0 * wins + 0.5 * ties


where = Where()
maximum = Maximum()
minimum = Minimum()


def clip(x: Value, low: float | None = None, high: float | None = None) -> Value:
    """Limit x to the interval [low, high].

    Raises:
        TypeError: a bound is not a number.
        ValueError: low is greater than high.

    >>> clip(7.0, 0.0, 5.0)
    5.0

    """
    refuse_tensors("clip", low=low, high=high)
    if any(bound is not None and np.ndim(bound) for bound in (low, high)):
        raise TypeError("clip: the bounds are numbers; for bounds that are arrays use maximum and minimum")
    if low is not None and high is not None and low > high:
        raise ValueError(f"clip: the interval [{low}, {high}] is empty; give the smaller bound first")
    return Clip(low, high)(x)
