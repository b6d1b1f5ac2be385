import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor
from backprop.nn import MLP, Dropout, Embedding, Flatten, Linear, Module, Sequential


@given(count=st.integers(0, 20), batch_size=st.integers(1, 25))
def test_batches_do_not_matter(count, batch_size):
    model = MLP((3, 4, 2), dropout=0.5, seed=0)
    x = np.random.default_rng(count).normal(size=(count, 3))
    y = model.predict(x, batch_size)
    assert y.shape == (count, 2)
    np.testing.assert_allclose(y, model.eval()(x).value, rtol=1e-12, atol=1e-15)


def test_leaves_modes_and_generators_alone():
    model = Sequential(Dropout(0.5, seed=0), Linear(2, 2, seed=0), Dropout(0.5, seed=1))
    model[0].eval()
    states = [str(g.bit_generator.state) for _, g in model.named_generators()]
    model.predict(np.ones((3, 2)))
    assert [m.training for m in (model, *model)] == [True, False, True, True]
    assert [str(g.bit_generator.state) for _, g in model.named_generators()] == states


def test_modes_come_back_after_an_error():
    model = MLP((3, 2), dropout=0.5)
    with pytest.raises(ValueError, match=r"Linear\(3, 2\) takes inputs of shape"):
        model.predict(np.ones((2, 4)))
    assert all(m.training for _, m in model.named_modules())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("given", ["float64", "float32", "int64", "uint8", "bool"])
def test_precision_is_that_of_the_model(dtype, given):
    y = MLP((3, 2), dtype=dtype, seed=0).predict(np.ones((2, 3), given))
    assert y.dtype == dtype
    assert type(y) is np.ndarray
    assert y.flags.writeable


def test_indices_stay_whole_numbers():
    model = Sequential(Embedding(5, 3, dtype="float32", seed=0), Flatten(), Linear(6, 2, dtype="float32", seed=1))
    assert model.predict([[0, 4], [1, 1]]).shape == (2, 2)


def test_lists_and_tensors_are_inputs():
    model = Linear(2, 1, seed=0)
    x = [[1.0, 2.0], [3.0, 4.0]]
    np.testing.assert_array_equal(model.predict(x), model.predict(Tensor(x)))


def test_a_model_that_changes_nothing():
    x = np.ones((3, 2))
    y = Dropout(0.5).predict(x)
    y[:] = 0
    assert x.sum() == 6


@pytest.mark.parametrize(
    ("x", "batch_size", "error", "message"),
    [
        ([["a", "b"]], 10, TypeError, "takes real numbers, not an array of <U1"),
        (1.0, 10, ValueError, "not one number"),
        ([[1.0, 2.0]], 0, ValueError, "at least 1, not 0"),
        ([[1.0, 2.0]], 1.5, TypeError, "integer"),
    ],
)
def test_refuses(x, batch_size, error, message):
    with pytest.raises(error, match=message):
        Linear(2, 1).predict(x, batch_size)


def test_a_model_without_a_row_for_each_example():
    class Total(Module):
        def forward(self, x):
            return x.sum()

    with pytest.raises(ValueError, match=r"outputs of shape \(\) of 3 examples"):
        Total().predict(np.ones((3, 2)))


@pytest.mark.parametrize(("given", "word"), [(None, "nothing"), ((1, 2), "a tuple"), ([1], "a list"), ({}, "a dict")])
def test_refuses_a_model_that_returns_no_tensor(given, word):
    class Model(Module):
        def forward(self, x):
            return given

    with pytest.raises(TypeError, match=f"^Model.forward gives {word}: it has to return one tensor, with a row for"):
        Model().predict(np.ones((2, 3)))
