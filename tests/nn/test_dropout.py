import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor
from backprop.nn import Dropout
from backprop.nn.dropout import KeepMask
from backprop.operations import REGISTRY


@given(rate=st.floats(0, 0.9), seed=st.integers(0, 2**32))
def test_share_and_mean(rate, seed):
    n = 40_000
    y = Dropout(rate, seed)(np.ones(n))
    assert set(y.tolist()) <= {0.0, 1 / (1 - rate)}
    assert abs(np.mean(y == 0) - rate) < 6 * np.sqrt(rate * (1 - rate) / n) + 1e-9


def test_every_call_draws_anew_and_a_seed_repeats():
    layer, same = Dropout(0.5, seed=3), Dropout(0.5, seed=3)
    x = np.ones(100)
    first, second = layer(x), layer(x)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(same(x), first)
    np.testing.assert_array_equal(same(x), second)


@pytest.mark.parametrize("layer", [Dropout(0.5).eval(), Dropout(0.0)])
def test_nothing_is_done_after_training_or_at_rate_0(layer):
    x = np.ones(3)
    assert layer(x) is x


def test_gradient_is_the_mask():
    x = Tensor(np.random.default_rng(0).normal(size=1000))
    y = Dropout(0.25, seed=0)(x)
    y.sum().backward()
    np.testing.assert_allclose(x.grad * x.value, y.value, rtol=1e-15)
    assert set(np.unique(x.grad)) == {0.0, 1 / 0.75}


def test_both_precisions_drop_the_same():
    masks = [Dropout(0.5, seed=1)(np.ones(1000, dtype)) for dtype in ("float32", "float64")]
    assert [m.dtype for m in masks] == [np.float32, np.float64]
    np.testing.assert_array_equal(*masks)


def test_the_mask_is_no_function_of_its_input():
    assert "keep_mask" not in REGISTRY
    x = Tensor([[1.0, 2.0]])
    mask = KeepMask(0.5, np.random.default_rng(0))(x)
    assert mask.shape == (1, 2)
    mask.sum().backward()
    assert x.grad is None


def test_a_number_can_be_dropped():
    assert Dropout(0.5, seed=0)(1.0) in (0.0, 2.0)
    assert float(Dropout(0.5, seed=0)(Tensor(1.0))) in (0.0, 2.0)


@pytest.mark.parametrize("rate", [-0.1, 1, float("nan")])
def test_rate(rate):
    with pytest.raises(ValueError, match="rate is at least 0 and less than 1"):
        Dropout(rate)
