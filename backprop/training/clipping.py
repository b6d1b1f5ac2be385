"""Limits on gradients, so that one bad batch does not throw the parameters far away."""

from math import inf, sqrt
from typing import Any

import numpy as np

from .hyperparameters import positive

Vector = np.ndarray[Any, np.dtype[Any]]


def clip_by_norm(gradients: Vector, limit: float) -> float:
    """Shorten a gradient that is longer than `limit`, in place; its direction stays.

    g ← g · limit / ‖g‖ where ‖g‖ > limit. Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
    neural networks" (2013), algorithm 1. (`torch.nn.utils.clip_grad_norm_` adds 1e-6 to ‖g‖.)

    Args:
        gradients: shape (n,). One that holds NaN or infinity is left as it is.
        limit: the greatest length, above 0.

    Returns:
        The length ‖g‖ before; NaN or infinity where an entry is.

    Raises:
        TypeError: the limit is not a number.
        ValueError: the limit is not above 0, NaN or infinite.

    >>> g = np.array([30.0, 40.0])
    >>> clip_by_norm(g, limit=5.0)
    50.0
    >>> g
    array([3., 4.])

    """
    limit = positive("limit", limit)
    norm = sqrt(np.vdot(gradients, gradients))  # an overflow gives infinity; np.dot would warn of it
    if norm == inf:  # the squares were too large, if not the entries
        largest = max(float(np.max(gradients)), -float(np.min(gradients)))
        if not largest < inf:
            return largest
        np.divide(gradients, largest, out=gradients)
        scaled = sqrt(np.vdot(gradients, gradients))
        np.multiply(gradients, limit / scaled, out=gradients)
        return largest * scaled
    if norm > limit:
        np.multiply(gradients, limit / norm, out=gradients)
    return norm


def clip_by_value(gradients: Vector, limit: float) -> None:
    """Bring every entry of a gradient into [−limit, limit], in place. NaN stays NaN.

    Args:
        gradients: any shape.
        limit: above 0.

    Raises:
        TypeError: the limit is not a number.
        ValueError: the limit is not above 0, NaN or infinite.

    >>> g = np.array([30.0, -0.5])
    >>> clip_by_value(g, limit=5.0)
    >>> g
    array([ 5. , -0.5])

    """
    limit = positive("limit", limit)
    np.minimum(gradients, limit, out=gradients)
    np.maximum(gradients, -limit, out=gradients)
