from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.nn import ACTIVATIONS, MLP, Dropout, LeakyReLU, Linear, ReLU, Tanh


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.sampled_from(sorted(ACTIVATIONS)))
def test_sizes(sizes, activation):
    model = MLP(sizes, activation, seed=0)
    linear = [layer for layer in model if isinstance(layer, Linear)]
    assert [(layer.inputs, layer.outputs) for layer in linear] == list(pairwise(sizes))
    assert [type(layer) for layer in model[1::2]] == [ACTIVATIONS[activation]] * (len(sizes) - 2)
    assert model.predict(np.ones((3, sizes[0]))).shape == (3, sizes[-1])
    assert model.input_shape == (sizes[0],)


def test_names():
    assert list(MLP((2, 16, 8, 2)).state_dict()) == [
        f"layers.{i}.{kind}" for i in (0, 2, 4) for kind in ("weight", "bias")
    ]


def test_dropout_follows_each_activation():
    model = MLP((2, 4, 4, 1), dropout=0.3, seed=0)
    assert [type(layer) for layer in model] == [Linear, ReLU, Dropout, Linear, ReLU, Dropout, Linear]
    assert [name for name, _ in model.named_generators()] == ["layers.2.generator", "layers.5.generator"]
    assert repr(model) == "MLP((2, 4, 4, 1), activation='relu', dropout=0.3)"


class TestSeed:
    def test_gives_the_same_weights_and_drops(self):
        first, same = (MLP((2, 50, 50, 3), dropout=0.5, seed=4) for _ in range(2))
        x = np.ones((5, 2))
        np.testing.assert_array_equal(first(x).value, same(x).value)
        assert not np.array_equal(first(x).value, MLP((2, 50, 50, 3), dropout=0.5, seed=5)(x).value)

    def test_gives_the_same_weights_with_and_without_dropout(self):
        dropping, plain = MLP((2, 5, 3), dropout=0.5, seed=4), MLP((2, 5, 3), seed=4)
        for p, q in zip(dropping.parameters(), plain.parameters(), strict=True):
            np.testing.assert_array_equal(p.value, q.value)

    def test_gives_layers_drops_of_their_own(self):
        first, second = (g for _, g in MLP((2, 5, 5, 3), dropout=0.5, seed=4).named_generators())
        assert first.random() != second.random()


class TestInitialization:
    @pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "gelu", "softplus", LeakyReLU(0.2), ReLU])
    def test_he_for_rectifiers(self, activation):
        for layer in MLP((300, 200, 300), activation, seed=0)[::2]:
            w = layer.weight.value
            assert np.var(w) == pytest.approx(2 / layer.inputs, rel=0.05)
            assert np.max(np.abs(w)) > 3 * np.std(w)  # normal, not uniform

    @pytest.mark.parametrize("activation", ["tanh", "sigmoid", "identity", "softmax", Tanh])
    def test_glorot_for_others(self, activation):
        for layer in MLP((300, 200, 300), activation, seed=0)[::2]:
            w = layer.weight.value
            assert np.var(w) == pytest.approx(2 / 500, rel=0.05)
            assert np.max(np.abs(w)) <= np.sqrt(6 / 500)

    def test_another(self):
        w = MLP((4, 4), initialization="orthogonal", seed=0)[0].weight.value
        np.testing.assert_allclose(w.T @ w, np.eye(4), atol=1e-12)


def test_activations_are_copied_for_each_layer():
    activation = LeakyReLU(0.2)
    model = MLP((2, 3, 3, 1), activation)
    assert len({id(layer) for layer in (activation, model[1], model[3])}) == 3
    assert repr(model) == "MLP((2, 3, 3, 1), activation=LeakyReLU(0.2))"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sizes": (64,)}, ValueError, r"such as \(2, 16, 2\), not \(64,\)"),
        ({"sizes": 64}, ValueError, r"such as \(2, 16, 2\), not 64"),
        ({"sizes": (2, 0, 1)}, ValueError, r"sizes\[1\] is at least 1, not 0"),
        ({"sizes": (2, 0.5, 1)}, TypeError, r"sizes\[1\] is a whole number, not 0\.5"),
        ({"sizes": (2, 1), "dropout": 1.0}, ValueError, r"dropout is at least 0 and less than 1, not 1\.0"),
        ({"sizes": (2, 1), "activation": "relo"}, ValueError, "no activation is called 'relo'"),
        ({"sizes": (2, 1), "dtype": "int32"}, ValueError, "not int32"),
    ],
)
def test_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        MLP(**arguments)
