import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.nn import (
    INITIALIZATIONS,
    Linear,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    orthogonal,
    standard_normal,
    zeros,
)
from backprop.nn.initialization import initialize

VARIANCES = {
    glorot_uniform: lambda i, o: 2 / (i + o),
    glorot_normal: lambda i, o: 2 / (i + o),
    he_uniform: lambda i, o: 2 / i,
    he_normal: lambda i, o: 2 / i,
    lecun_uniform: lambda i, o: 1 / i,
    lecun_normal: lambda i, o: 1 / i,
    standard_normal: lambda i, o: 1,
}
UNIFORM = {glorot_uniform, he_uniform, lecun_uniform}
SIGMAS = 6
"""How many standard errors an estimate may be off: one chance in 10⁹ for a normal distribution."""

large = st.integers(50, 300)
seeds = st.integers(0, 2**32 - 1)


def by_name(functions):
    return pytest.mark.parametrize("function", functions, ids=lambda f: f.__name__)


@by_name(VARIANCES)
@given(inputs=large, outputs=large, seed=seeds)
def test_moments(function, inputs, outputs, seed):
    w = function((inputs, outputs), np.random.default_rng(seed))
    n, variance = w.size, VARIANCES[function](inputs, outputs)
    assert abs(w.mean()) < SIGMAS * np.sqrt(variance / n)
    # Variance of the squares: (kurtosis - 1) variance²; the kurtosis is 9/5 of a uniform distribution, 3 of a normal.
    kurtosis = 9 / 5 if function in UNIFORM else 3
    assert abs(np.mean(w**2) - variance) < SIGMAS * variance * np.sqrt((kurtosis - 1) / n)
    assert abs(np.mean(w**4) / variance**2 - kurtosis) < 0.05 * kurtosis + SIGMAS * np.sqrt(96 / n)


@by_name(sorted(UNIFORM, key=lambda f: f.__name__))
@given(inputs=large, outputs=large, seed=seeds)
def test_limits_of_uniform_ones(function, inputs, outputs, seed):
    w = function((inputs, outputs), np.random.default_rng(seed))
    limit = np.sqrt(3 * VARIANCES[function](inputs, outputs))
    assert np.max(np.abs(w)) <= limit
    assert np.max(np.abs(w)) > 0.97 * limit


@given(rows=st.integers(1, 40), columns=st.integers(1, 40), seed=seeds)
def test_orthogonal(rows, columns, seed):
    w = orthogonal((rows, columns), np.random.default_rng(seed))
    product = w.T @ w if rows >= columns else w @ w.T
    np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_matrices_are_uniformly_distributed():
    """Angles of rotations, and how many are reflections: QR alone would prefer some."""
    rng = np.random.default_rng(0)
    matrices = np.array([orthogonal((2, 2), rng) for _ in range(4000)])
    angles = np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])
    counts, _ = np.histogram(angles, bins=8, range=(-np.pi, np.pi))
    assert np.max(np.abs(counts - 500)) < SIGMAS * np.sqrt(500)
    assert abs(np.sum(np.linalg.det(matrices) > 0) - 2000) < SIGMAS * np.sqrt(1000)


@by_name(INITIALIZATIONS.values())
class TestEveryInitialization:
    def test_precision(self, function):
        double = function((5, 7), np.random.default_rng(3), "float64")
        single = function((5, 7), np.random.default_rng(3), "float32")
        assert (double.dtype, single.dtype) == (np.float64, np.float32)
        np.testing.assert_array_equal(double.astype("float32"), single)

    def test_seed(self, function):
        first, same, other = (function((5, 7), np.random.default_rng(seed)) for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, same)
        assert function is zeros or not np.any(first == other)

    def test_memory_is_in_order(self, function):
        assert function((5, 7), np.random.default_rng(3)).flags.c_contiguous

    def test_is_found_by_its_name(self, function):
        assert INITIALIZATIONS[function.__name__] is function
        expected = function((5, 7), np.random.default_rng(3))
        np.testing.assert_array_equal(
            initialize(function.__name__, (5, 7), np.random.default_rng(3)), expected, strict=True
        )
        np.testing.assert_array_equal(Linear(5, 7, initialization=function, seed=3).weight.value, expected)


def test_spread_survives_many_layers():
    """What the initialisations are for: signals neither grow nor fade through 30 layers."""
    rng = np.random.default_rng(0)
    start = rng.standard_normal((400, 200))
    x = start
    for _ in range(30):
        x = np.maximum(x @ he_normal((200, 200), rng), 0)
    assert 0.3 < np.mean(x**2) / np.mean(start**2) < 3
    x = start
    for _ in range(30):
        x = x @ orthogonal((200, 200), rng)
    assert np.mean(x**2) == pytest.approx(np.mean(start**2), rel=1e-10)


def test_unknown_name():
    with pytest.raises(ValueError, match="no initialization is called 'xavier'; there are glorot_uniform"):
        Linear(2, 2, initialization="xavier")


def test_function_that_gives_another_shape():
    with pytest.raises(ValueError, match=r"gave shape \(2,\) instead of \(2, 3\)"):
        Linear(2, 3, initialization=lambda shape, rng, dtype: np.ones(2))


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (0, 2)])
def test_shape_that_is_no_matrix(shape):
    with pytest.raises(ValueError, match=r"weights have the shape \(inputs, outputs\)"):
        glorot_uniform(shape, np.random.default_rng(0))
