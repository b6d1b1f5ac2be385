import numpy as np
import pytest

from backprop import ShapeError, nn, tanh
from backprop.engine import history
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


class TestTwoLayersInOne:
    """A `Linear` layer and its activation are one operation; nobody can tell from the numbers."""

    @staticmethod
    def operations(model, x):
        return [tensor.operation.name for tensor in history(model(x))]

    @pytest.mark.parametrize("activation", [nn.Tanh, nn.ReLU, nn.Sigmoid])
    def test_same_numbers(self, activation):
        model = nn.Sequential(nn.Linear(3, 4, seed=0), activation(), nn.Linear(4, 2, seed=1))
        x = np.random.default_rng(0).normal(size=(5, 3))
        together = model(x)
        apart = model[2](model[1](model[0](x)))
        np.testing.assert_array_equal(together.value, apart.value)
        gradients = []
        for y in (together, apart):
            (y * y).sum().backward()
            gradients.append([p.grad for p in model.parameters()])
        for a, b in zip(*gradients, strict=True):
            np.testing.assert_allclose(a, b, 1e-13, 1e-15)
        assert self.operations(model, x) == [f"affine_{activation.__name__.lower()}", "affine"]

    def test_only_where_there_is_an_operation_for_both(self):
        class Steep(nn.Tanh):
            def forward(self, x):
                return super().forward(2 * x)

        def after_linear(following, bias=True):
            model = nn.Sequential(nn.Linear(3, 4, bias, seed=0), following)
            return self.operations(model, np.ones((2, 3)))

        assert after_linear(Steep()) == ["affine", "multiply", "tanh"]
        assert after_linear(nn.Tanh(), bias=False) == ["matmul", "tanh"]
        assert after_linear(nn.Softplus()) == ["affine", "softplus"]

    def test_a_watched_layer_is_computed_by_itself(self):
        model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
        seen = []
        for layer in model:
            layer.forward = lambda x, layer=layer: seen.append(layer) or type(layer).forward(layer, x)
        model(np.ones((2, 3)))
        assert seen == list(model)

    def test_layers_can_be_replaced(self):
        model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
        model(np.ones((2, 3)))
        model.layers[1] = nn.Softplus()
        assert self.operations(model, np.ones((2, 3))) == ["affine", "softplus"]

    def test_misfit(self):
        model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
        with pytest.raises(ShapeError, match=r"Linear\(3, 4\) takes inputs of shape \(…, 3\), not \(2, 5\)"):
            model(np.ones((2, 5)))
