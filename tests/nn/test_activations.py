import numpy as np
import pytest

from backprop import operations, tanh
from backprop.nn import ACTIVATIONS, LeakyReLU, Linear, ReLU, Sequential, Softmax, Tanh, activation_for

X = np.array([[-30.0, -1.5, -0.1], [0.0, 0.3, 40.0]])

PEERS = {
    "identity": lambda peer, x: x,
    "relu": lambda peer, x: peer.relu(x),
    "leaky_relu": lambda peer, x: peer.leaky_relu(x),
    "elu": lambda peer, x: peer.elu(x),
    "gelu": lambda peer, x: peer.gelu(x, approximate="tanh"),
    "sigmoid": lambda peer, x: peer.sigmoid(x),
    "softplus": lambda peer, x: peer.softplus(x, threshold=1e9),
    "tanh": lambda peer, x: peer.tanh(x),
    "softmax": lambda peer, x: peer.softmax(x, -1),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_same_as_torch(name, torch):
    found = activation_for(name)(X)
    expected = PEERS[name](torch.nn.functional, torch.tensor(X)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"identity"}))
def test_names_are_those_of_the_functions(name):
    np.testing.assert_array_equal(activation_for(name)(X), getattr(operations, name)(X))


def test_settings():
    np.testing.assert_allclose(LeakyReLU(0.5)(np.array([-2.0])), [-1.0])
    np.testing.assert_allclose(Softmax(axis=0)(np.zeros((4, 2))), np.full((4, 2), 0.25))


def test_by_name_class_and_layer():
    assert type(activation_for("relu")) is ReLU
    assert type(activation_for(Tanh)) is Tanh
    layer = LeakyReLU(0.3)
    copied = activation_for(layer)
    assert copied is not layer
    assert copied.slope == 0.3


def test_unknown():
    with pytest.raises(ValueError, match="no activation is called 'swish'; there are identity, relu, leaky_relu"):
        activation_for("swish")
    with pytest.raises(TypeError, match=r"a name, such as 'relu', or a module, such as LeakyReLU\(0\.1\)"):
        activation_for(tanh)


def test_they_have_no_parameters():
    assert Sequential(*(activation_for(name) for name in ACTIVATIONS)).parameters() == []


def test_a_layer_with_parameters_may_be_one():
    assert activation_for(Linear(2, 2)).parameters()
