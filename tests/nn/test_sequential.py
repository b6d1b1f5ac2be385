import numpy as np
import pytest

from backprop import tanh
from backprop.nn import MLP, Linear, ReLU, Sequential, Tanh


def test_is_a_sequence():
    layers = Linear(2, 3, seed=0), Tanh(), Linear(3, 1, seed=1)
    model = Sequential(*layers)
    assert len(model) == 3
    assert list(model) == list(layers)
    assert model[-1] is layers[2]
    x = np.ones((4, 2))
    np.testing.assert_array_equal(model(x).value, layers[2](layers[1](layers[0](x))).value)


def test_a_part_shares_the_parameters():
    model = MLP((2, 3, 1), seed=0)
    part = model[:2]
    assert type(part) is Sequential
    assert repr(part) == "Sequential(Linear(2, 3), ReLU())"
    assert part[0] is model[0]


def test_without_layers():
    x = np.ones((4, 2))
    assert Sequential()(x) is x


def test_layers_can_be_exchanged():
    model = Sequential(Linear(2, 3, seed=0), Tanh())
    model.layers[1] = ReLU()
    assert repr(model) == "Sequential(Linear(2, 3), ReLU())"


@pytest.mark.parametrize("wrong", [tanh, np.tanh, [Tanh()], Tanh, "tanh"])
def test_what_is_no_module(wrong):
    with pytest.raises(TypeError, match=r"layer 1 is .*not a module"):
        Sequential(Linear(2, 3), wrong)
