"""Saving and continuing."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optimizer_cases import CASES

from backprop.nn.errors import StateError
from backprop.training.optimizers import SGD, Adam, RMSProp


def updates(own, values, rng, count):
    for _ in range(count):
        own.learning_rate = rng.uniform(0, 0.1)
        own.update(values, rng.normal(size=values.size).astype(values.dtype))


def by_state(own, values, case):
    new = case.own()
    new.start(values)
    new.load_state_dict(own.state_dict())
    return new


def by_arrays(own, values, case):
    """As a file of arrays gives them back."""
    new = case.own()
    new.start(values)
    new.load_state_dict({name: np.asarray(value) for name, value in own.state_dict().items()})
    return new


WAYS = [by_state, by_arrays, lambda own, values, case: deepcopy(own), lambda own, *_: pickle.loads(pickle.dumps(own))]


@given(
    st.sampled_from(CASES),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from(WAYS),
    st.integers(0, 5),
    st.integers(0, 2**32),
)
def test_continuing_gives_the_same_bits(case, dtype, way, before, seed):
    rng = np.random.default_rng(seed)
    values, own = rng.normal(size=11).astype(dtype), case.own()
    own.start(values)
    updates(own, values, rng, before)

    continued, new = values.copy(), way(own, values, case)
    same = deepcopy(rng)
    updates(own, values, rng, 5)
    updates(new, continued, same, 5)
    np.testing.assert_array_equal(continued, values)
    assert values.tobytes() == continued.tobytes()
    assert new.steps == own.steps == before + 5
    assert new.learning_rate == own.learning_rate


def started(own, size=3, dtype=np.float64):
    own.start(np.ones(size, dtype))
    own.update(np.ones(size, dtype), np.ones(size, dtype))
    return own


def test_what_is_in_a_state():
    state = started(Adam(0.5, betas=(0.5, 0.75), amsgrad=True)).state_dict()
    assert {name: state[name] for name in ("steps", "learning_rate", "beta1", "beta2")} == {
        "steps": 1,
        "learning_rate": 0.5,
        "beta1": 0.5,
        "beta2": 0.75,
    }
    assert {name: value.shape for name, value in state.items() if isinstance(value, np.ndarray)} == {
        "sums": (3,),
        "squares": (3,),
        "largest": (3,),
    }


def test_a_state_is_a_copy():
    own = started(SGD(momentum=0.5))
    state = own.state_dict()
    own.update(np.ones(3), np.ones(3))
    np.testing.assert_array_equal(state["velocity"], np.ones(3))
    own.load_state_dict(state)
    own.update(np.ones(3), np.ones(3))
    np.testing.assert_array_equal(state["velocity"], np.ones(3))


def test_a_state_of_another_precision_is_converted():
    own = started(Adam(), dtype=np.float32)
    own.load_state_dict(started(Adam()).state_dict())
    assert own.state_dict()["sums"].dtype == np.float32


ADAM = started(Adam()).state_dict()


@pytest.mark.parametrize(
    ("state", "messages"),
    [
        (
            started(SGD(momentum=0.9)).state_dict(),
            [
                "not a state of this Adam",
                "beta1 is missing",
                "beta2 is missing",
                "sums is missing",
                "squares is missing",
                "velocity is unexpected",
            ],
        ),
        (started(Adam(amsgrad=True)).state_dict(), ["largest is unexpected", "made with the same options"]),
        (
            started(Adam(), size=5).state_dict(),
            [r"sums has shape \(5,\), not \(3,\)", r"squares has shape \(5,\)", "a model of the same size"],
        ),
        (started(Adam(betas=(0.8, 0.999))).state_dict(), ["beta1 is 0.8, not 0.9"]),
        ({**ADAM, "sums": np.array([1.0, np.nan, np.inf])}, ["sums has NaN or infinity at 1"]),
        ({**ADAM, "sums": np.array(["a", "b", "c"])}, ["sums is of type <U1, not real numbers"]),
        ({**ADAM, "squares": np.array([1, 2, None])}, ["squares is of type object, not real numbers"]),
        ({**ADAM, "squares": [[1.0], [2.0, 3.0], 4.0]}, ["inhomogeneous"]),
        ({**ADAM, "steps": -1}, ["steps is -1; it must be at least 0"]),
        ({**ADAM, "steps": 1.5}, ["steps is 1.5; it must be a whole number"]),
        ({**ADAM, "learning_rate": np.nan}, ["learning_rate is nan; it must be finite"]),
        ({**ADAM, "learning_rate": "fast", "steps": None}, ["learning_rate is 'fast'", "steps is None"]),
    ],
)
def test_a_state_that_does_not_fit(state, messages):
    own = started(Adam())
    before = own.state_dict()
    for message in messages:
        with pytest.raises(StateError, match=message):
            own.load_state_dict(state)
    after = own.state_dict()
    assert before.keys() == after.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)


def test_too_large_for_the_precision():
    own = started(Adam(), dtype=np.float32)
    with pytest.raises(StateError, match="squares has NaN or infinity at 2"):
        own.load_state_dict({**ADAM, "squares": np.array([1.0, 2.0, 1e300])})


@pytest.mark.parametrize("use", [lambda own: own.state_dict(), lambda own: own.load_state_dict({})])
def test_not_started(use):
    with pytest.raises(RuntimeError, match=r"the RMSProp has no state yet: call attach\(model\) or start"):
        use(RMSProp())
