"""What weights start from: random numbers whose spread keeps signals and gradients alive from layer to layer.

Every function takes the shape (inputs, outputs) of a weight matrix, a random generator and a precision. `fan_in` is
the number of inputs, `fan_out` that of outputs. Numbers are drawn in float64 and then rounded, so that a model in
float32 starts where the same model in float64 does.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .arguments import Generator, Precision

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Shape: TypeAlias = tuple[int, ...]
Initialization: TypeAlias = Callable[[Shape, Generator, Precision], Array]


def glorot_uniform(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Uniform on ±√(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out), for tanh and sigmoid.

    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010, section 4.2.1, equation 16 ("normalized initialization"). Also called Xavier.

    >>> w = glorot_uniform((3, 3), np.random.default_rng(0))
    >>> bool(np.all(np.abs(w) <= 1))
    True

    """
    return _uniform(shape, rng, dtype, 2 / sum(_fans(shape)))


def glorot_normal(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Normal with variance 2 / (fan_in + fan_out).

    Glorot and Bengio (2010), section 4.2.1, equation 12: the compromise between signals and gradients.
    """
    return _normal(shape, rng, dtype, 2 / sum(_fans(shape)))


def he_uniform(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Uniform on ±√(6 / fan_in): variance 2 / fan_in, as `he_normal`."""
    return _uniform(shape, rng, dtype, 2 / _fans(shape)[0])


def he_normal(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Normal with variance 2 / fan_in, for ReLU and its relatives, which pass half of what they get.

    K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", ICCV 2015, section 2.2, equation 10.
    """
    return _normal(shape, rng, dtype, 2 / _fans(shape)[0])


def lecun_uniform(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Uniform on ±√(3 / fan_in): variance 1 / fan_in, as `lecun_normal`."""
    return _uniform(shape, rng, dtype, 1 / _fans(shape)[0])


def lecun_normal(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Normal with variance 1 / fan_in: a sum of fan_in inputs of variance 1 has variance 1.

    Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient BackProp", in "Neural Networks: Tricks of the Trade",
    1998, section 4.6, equation 16.
    """
    return _normal(shape, rng, dtype, 1 / _fans(shape)[0])


def orthogonal(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Orthonormal rows or columns, whichever are fewer, uniformly distributed: lengths of signals do not change.

    A. Saxe, J. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", ICLR 2014, section 3. The signs are those for which the distribution is uniform (Haar):
    F. Mezzadri, "How to generate random matrices from the classical compact groups", 2007, section 5.

    >>> w = orthogonal((4, 2), np.random.default_rng(0))
    >>> np.allclose(w.T @ w, np.eye(2))
    True

    """
    rows, columns = _fans(shape)
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return np.ascontiguousarray(q if rows >= columns else q.T, dtype)


def standard_normal(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Normal with variance 1, for the rows of a table."""
    return rng.standard_normal(shape).astype(dtype)


def zeros(shape: Shape, rng: Generator, dtype: Precision = float) -> Array:  # noqa: ARG001 (as the others)
    """All 0, for biases. Equal weights would stay equal: the units of a layer could not be told apart."""
    return np.zeros(shape, dtype)


INITIALIZATIONS: dict[str, Initialization] = {
    function.__name__: function
    for function in (
        glorot_uniform,
        glorot_normal,
        he_uniform,
        he_normal,
        lecun_uniform,
        lecun_normal,
        orthogonal,
        standard_normal,
        zeros,
    )
}
"""The initializations by name."""


def initialize(initialization: str | Initialization, shape: Shape, rng: Generator, dtype: Precision = float) -> Array:
    """Draw weights by an initialization, given by its name or as a function of (shape, rng, dtype).

    Raises:
        ValueError: no initialization has this name, or the function gave another shape.

    >>> initialize("zeros", (1, 2), np.random.default_rng(0))
    array([[0., 0.]])

    """
    if isinstance(initialization, str):
        if initialization not in INITIALIZATIONS:
            known = ", ".join(INITIALIZATIONS)
            raise ValueError(f"no initialization is called {initialization!r}; there are {known}")
        return INITIALIZATIONS[initialization](shape, rng, dtype)
    weights = np.asarray(initialization(shape, rng, dtype), dtype)
    if weights.shape != shape:
        raise ValueError(f"the initialization {initialization!r} gave shape {weights.shape} instead of {shape}")
    return weights


def _fans(shape: Shape) -> tuple[int, int]:
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(f"weights have the shape (inputs, outputs), with at least one of each, not {shape}")
    return shape[0], shape[1]


def _uniform(shape: Shape, rng: Generator, dtype: Precision, variance: float) -> Array:
    limit = math.sqrt(3 * variance)  # the variance on ±limit is limit² / 3
    return rng.uniform(-limit, limit, shape).astype(dtype)


def _normal(shape: Shape, rng: Generator, dtype: Precision, variance: float) -> Array:
    return (math.sqrt(variance) * rng.standard_normal(shape)).astype(dtype)
