import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor
from backprop.nn import MLP, Embedding, LayerNorm, Linear, Module, Recurrent, Sequential, StateError

models = st.one_of(
    st.builds(
        MLP,
        st.lists(st.integers(1, 6), min_size=2, max_size=4),
        dropout=st.sampled_from([0.0, 0.5]),
        dtype=st.sampled_from(["float32", "float64"]),
        seed=st.integers(0, 2**32),
    ),
    st.builds(lambda size: Sequential(Embedding(5, size), Recurrent((size, 3)), LayerNorm(3)), st.integers(1, 4)),
)


def same(a, b):
    return a.keys() == b.keys() and all(
        a[name].dtype == b[name].dtype and np.array_equal(a[name], b[name]) for name in a
    )


def randomised(model):
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=value.shape) for name, value in model.state_dict().items()}


@given(models)
def test_what_is_saved_can_be_loaded(model):
    saved = model.state_dict()
    model.load_state_dict(randomised(model))
    assert not same(model.state_dict(), saved)
    model.load_state_dict(saved)
    assert same(model.state_dict(), saved)


@given(models, st.data())
def test_all_or_nothing(model, data):
    """Whichever entry is wrong, and in whichever way, no parameter changes, and the message names the entry."""
    before, state = model.state_dict(), randomised(model)
    name = data.draw(st.sampled_from(sorted(state)))
    fault = data.draw(st.sampled_from(["missing", "unexpected", "shape", "nan", "inf", "complex", "text", "ragged"]))
    if fault == "missing":
        del state[name]
    elif fault == "unexpected":
        name = f"{name}.more"
        state[name] = np.zeros(1)
    elif fault == "shape":
        state[name] = state[name][np.newaxis]
    elif fault in ("nan", "inf"):
        state[name].flat[data.draw(st.integers(0, state[name].size - 1))] = float(fault)
    elif fault == "complex":
        state[name] = state[name] + 1j
    elif fault == "text":
        state[name] = state[name].astype(str)
    else:
        state[name] = [[1.0], [1.0, 2.0]]
    with pytest.raises(StateError) as caught:
        model.load_state_dict(state)
    assert f"{name}" in str(caught.value)
    assert same(model.state_dict(), before)


def test_every_fault_is_listed():
    model = MLP((2, 16, 2), seed=0)
    state = model.state_dict()
    del state["layers.2.bias"]
    state["layers.3.weight"] = np.zeros(1)
    state["layers.0.weight"] = np.zeros((2, 8))
    state["layers.0.bias"][3] = np.nan
    state["layers.2.weight"] = np.full((16, 2), "a")
    with pytest.raises(StateError) as caught:
        model.load_state_dict(state)
    assert str(caught.value).splitlines() == [
        "these values do not belong to this MLP, and none of them was loaded:",
        "  missing: layers.2.bias of shape (2,)",
        "  unexpected: layers.3.weight",
        "  layers.0.weight: shape (2, 8) instead of (2, 16)",
        "  layers.0.bias: nan at (3,), the first of 1 entries that are not finite",
        "  layers.2.weight: real numbers are needed, not <U1",
        "Build the model as it was when they were saved, with the same layers and sizes",
    ]
    assert isinstance(caught.value, ValueError)


def test_precision_stays_that_of_the_parameter():
    model = MLP((2, 3), dtype="float32", seed=0)
    model.load_state_dict(MLP((2, 3), seed=1).state_dict())
    assert model.dtype == np.float32
    model.load_state_dict({"layers.0.weight": [[1, 2, 3], [4, 5, 6]], "layers.0.bias": [0, 0, 0]})
    np.testing.assert_array_equal(model[0].weight.value, np.array([[1, 2, 3], [4, 5, 6]], np.float32))


def test_too_large_for_the_precision():
    model = Linear(1, 1, dtype="float32")
    with pytest.raises(StateError, match=r"weight: inf at \(0, 0\)"):
        model.load_state_dict({"weight": [[1e300]], "bias": [0.0]})


def test_copies_both_ways():
    model = Linear(1, 1, seed=0)
    saved = model.state_dict()
    kept = saved["weight"].copy()
    saved["weight"][:] = 5
    np.testing.assert_array_equal(model.weight.value, kept)
    model.load_state_dict(saved)
    saved["weight"][:] = 7
    assert model.weight.value.item() == 5


def test_a_number_is_a_parameter_too():
    class Scale(Module):
        def __init__(self):
            self.factor = Tensor(2.0)

    model = Scale()
    state = model.state_dict()
    assert state["factor"].shape == ()
    model.load_state_dict({"factor": Tensor(3.0)})
    assert model.factor.value == 3.0
    assert type(model.factor.value) is float
    with pytest.raises(StateError, match="factor: nan, the first of 1 entries"):
        model.load_state_dict({"factor": np.nan})


def test_a_list_is_no_state():
    with pytest.raises(TypeError, match="a mapping of names to arrays, as state_dict"):
        Linear(1, 1).load_state_dict([1.0])
