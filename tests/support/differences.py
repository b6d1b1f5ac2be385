"""Derivatives by central differences in float64: the judge of every gradient in the tests."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEP = 1e-4
TOLERANCE = 1e-6
"""Largest error allowed, relative to the largest entry of the gradient (to 1/100 where that is smaller)."""


def differences(f: Callable[..., Any], values: Sequence[Any], position: int) -> np.ndarray:
    """Derivative of the number f(*values) with respect to every entry of one of the values.

    Four points and the weights 1/12, 8/12: the error of the formula falls with the fourth power of the step
    (M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 25.3.6).
    """
    value = np.asarray(values[position], dtype=float)
    derivative = np.empty(value.shape)
    for index in np.ndindex(value.shape):
        ends = []
        for offset in (2 * STEP, STEP, -STEP, -2 * STEP):
            moved = value.copy()
            moved[index] += offset
            ends.append(float(f(*values[:position], moved[()], *values[position + 1 :])))
        derivative[index] = (8 * (ends[1] - ends[2]) - (ends[0] - ends[3])) / (12 * STEP)
    return derivative


def assert_close(gradient: Any, expected: Any, tolerance: float = TOLERANCE) -> None:
    """The gradient has the shape of the expected one, and differs by less than the tolerance."""
    gradient, expected = np.asarray(gradient), np.asarray(expected)
    assert gradient.shape == expected.shape
    if expected.size:
        scale = max(1e-2, np.max(np.abs(expected)))
        error = np.max(np.abs(gradient - expected)) / scale
        assert error < tolerance, f"relative error {error:.2e}:\n{gradient}\nshould be\n{expected}"
