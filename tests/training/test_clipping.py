"""Clipping, in place and without allocating."""

import tracemalloc

import numpy as np
import pytest
from frameworks import framework
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backprop.training.clipping import clip_by_norm, clip_by_value

vectors = st.sampled_from([np.float32, np.float64]).flatmap(
    lambda dtype: arrays(dtype, st.integers(1, 20), elements=st.floats(-1000, 1000, width=32))
)
limits = st.floats(0.01, 100)


@given(vectors, limits)
def test_norm(gradients, limit):
    before = gradients.copy()
    norm = clip_by_norm(gradients, limit)
    assert type(norm) is float
    assert norm == pytest.approx(np.linalg.norm(before.astype(float)), rel=1e-5, abs=1e-20)
    if norm <= limit:
        np.testing.assert_array_equal(gradients, before)
    else:
        np.testing.assert_allclose(gradients, before * (limit / norm), rtol=1e-5)
        assert np.linalg.norm(gradients) == pytest.approx(limit, rel=1e-5)
    assert gradients.dtype == before.dtype


@given(vectors, limits)
def test_value(gradients, limit):
    before = gradients.copy()
    clip_by_value(gradients, limit)
    np.testing.assert_array_equal(gradients, np.clip(before, -limit, limit).astype(before.dtype))


def test_equal_to_torch():
    torch = framework("torch")
    g = np.random.default_rng(0).normal(size=100) * 1000
    for own, other in [
        (clip_by_norm, torch.nn.utils.clip_grad_norm_),
        (clip_by_value, torch.nn.utils.clip_grad_value_),
    ]:
        ours, parameter = g.copy(), torch.nn.Parameter(torch.zeros(100, dtype=torch.float64))
        parameter.grad = torch.from_numpy(g.copy())
        result, expected = own(ours, 3.0), other([parameter], 3.0)
        np.testing.assert_allclose(ours, parameter.grad.numpy(), rtol=1e-9)  # torch adds 1e-6 to the norm of 1e4
        if result is not None:
            assert result == pytest.approx(float(expected))


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 1e30), (np.float64, 1e200)])
@pytest.mark.parametrize("sign", [1, -1])
def test_squares_that_overflow(dtype, large, sign):
    gradients = (sign * large * np.array([3.0, 4.0, 0.0])).astype(dtype)
    assert clip_by_norm(gradients, 10.0) == pytest.approx(5 * large)
    np.testing.assert_allclose(gradients, sign * np.array([6.0, 8.0, 0.0]), rtol=1e-6)


@pytest.mark.parametrize(
    ("entries", "norm"), [([1.0, np.nan], np.nan), ([1e3, np.inf], np.inf), ([1.0, -np.inf], np.inf)]
)
def test_not_finite_is_left_alone(entries, norm):
    gradients = np.array(entries)
    np.testing.assert_equal(clip_by_norm(gradients, 0.1), norm)
    np.testing.assert_array_equal(gradients, entries)


def test_value_keeps_nan():
    gradients = np.array([np.nan, np.inf, -np.inf])
    clip_by_value(gradients, 2.0)
    np.testing.assert_array_equal(gradients, [np.nan, 2.0, -2.0])


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_nothing_is_allocated(clip):
    gradients = np.ones(100_000)
    clip(gradients, 0.5)
    gradients[:] = 1
    tracemalloc.start()
    clip(gradients, 0.5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2000


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize(
    ("limit", "error", "message"),
    [
        (0, ValueError, "limit is 0; it must be above 0"),
        (-1.0, ValueError, "limit is -1.0; it must be above 0"),
        (np.nan, ValueError, "limit is nan; it must be finite"),
        ("1", TypeError, "limit is '1'; it must be a number"),
    ],
)
def test_bad_limits(clip, limit, error, message):
    with pytest.raises(error, match=message):
        clip(np.ones(2), limit)
