"""Checks of numbers: what they give, and the exact words of what they refuse."""

from fractions import Fraction

import numpy as np
import pytest

from backprop.training.hyperparameters import called_with, fraction, not_negative, number, positive, whole


@pytest.mark.parametrize("check", [number, not_negative, positive, fraction])
@pytest.mark.parametrize("value", [0.5, np.float32(0.5), Fraction(1, 2)])
def test_numbers(check, value):
    assert check("x", value) == 0.5
    assert type(check("x", value)) is float


@pytest.mark.parametrize("value", [3, np.int16(3)])
def test_whole(value):
    assert whole("x", value) == 3
    assert type(whole("x", value)) is int


@pytest.mark.parametrize(
    ("check", "value", "error", "message"),
    [
        (number, None, TypeError, "x is None; it must be a number"),
        (number, 1j, TypeError, "x is 1j; it must be a number"),
        (number, False, TypeError, "x is False; it must be a number"),
        (number, np.ones(1), TypeError, r"x is array\(\[1.\]\); it must be a number"),
        (number, -np.inf, ValueError, "x is -inf; it must be finite"),
        (not_negative, -1e-300, ValueError, "x is -1e-300; it must be at least 0"),
        (positive, 0.0, ValueError, "x is 0.0; it must be above 0"),
        (fraction, 1, ValueError, "x is 1; it must be at least 0 and below 1"),
        (fraction, -0.1, ValueError, "x is -0.1; it must be at least 0 and below 1"),
        (whole, 1.0, TypeError, "x is 1.0; it must be a whole number"),
        (whole, True, TypeError, "x is True; it must be a whole number"),
        (whole, -1, ValueError, "x is -1; it must be at least 0"),
    ],
)
def test_refused(check, value, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        check("x", value)


def test_whole_with_a_least_value():
    with pytest.raises(ValueError, match=r"^x is 1; it must be at least 2$"):
        whole("x", 1, least=2)


def test_a_long_value_is_cut_short():
    with pytest.raises(TypeError, match=r"^x is .{80}; it must be a number$"):
        number("x", list(range(500)))
    with pytest.raises(TypeError, match=r"^x is .{80}; it must be a whole number$"):
        whole("x", "x" * 500)


@pytest.mark.parametrize("function", [lambda a, b: 0, lambda *a: 0, lambda a, b, c=1: 0, max, np.maximum, dict])
def test_functions_that_will_do(function):
    called_with("it", function, "a", "b")


def test_function_that_takes_another_number_of_arguments():
    class Shift:
        def __call__(self, a, b, c):
            return 0

    with pytest.raises(TypeError, match=r"^it is called with \(a, b\), and Shift\(a, b, c\) does not take that$"):
        called_with("it", Shift(), "a", "b")
