"""Optimizers in loops of one's own."""

from copy import deepcopy

import numpy as np
import pytest

from backprop import InPlaceError, Tensor
from backprop.training.optimizers import SGD, Adam


def quadratic(*tensors):
    total = sum((tensor**2).sum() for tensor in tensors)
    total.backward()
    return total


def test_what_can_be_attached():
    class Model:
        def __init__(self):
            self.weight, self.bias = Tensor([[2.0, 4.0]]), Tensor([6.0])

        def named_parameters(self):
            yield "weight", self.weight
            yield "bias", self.bias

    def step(make):
        model = Model()
        optimizer = SGD(0.25)
        assert optimizer.attach(make(model)) is optimizer
        quadratic(model.weight, model.bias)
        optimizer.step()
        np.testing.assert_array_equal(model.weight.value, [[1.0, 2.0]])
        np.testing.assert_array_equal(model.bias.value, [3.0])

    step(lambda model: model)
    step(lambda model: dict(model.named_parameters()))
    step(lambda model: [model.weight, model.bias])
    step(lambda model: (tensor for tensor in [model.weight, model.bias]))


def test_one_tensor_and_a_number():
    x = Tensor(4.0)
    optimizer = SGD(0.25).attach(x)
    quadratic(x)
    optimizer.step()
    assert x.value == 2.0
    quadratic(x)
    optimizer.step()
    assert x.value == 1.0
    assert type(x.value) is float


def test_a_shared_tensor_is_updated_once():
    x = Tensor([4.0])
    optimizer = SGD(0.25).attach([x, x])
    quadratic(x)
    optimizer.step()
    np.testing.assert_array_equal(x.value, [2.0])


def test_a_parameter_without_gradient_stays():
    x, y = Tensor([4.0]), Tensor([5.0])
    optimizer = SGD(0.25).attach([x, y])
    quadratic(x)
    optimizer.step()
    np.testing.assert_array_equal(y.value, [5.0])


@pytest.mark.parametrize("value", [4.0, [4.0, 8.0]])
def test_a_value_assigned_meanwhile_is_taken_over(value):
    x, y = Tensor(np.ones_like(value)), Tensor([2.0])
    optimizer = SGD(0.25, momentum=0.5).attach([x, y])
    quadratic(x, y)
    optimizer.step()
    velocity = optimizer.state_dict()["velocity"]
    x.value = value
    quadratic(x, y)
    optimizer.step()
    steps = 0.25 * (0.5 * velocity[:-1] + 2 * np.ravel(value))
    np.testing.assert_allclose(np.ravel(x.value), np.ravel(value) - steps)


def test_two_optimizers_take_turns():
    x = Tensor([8.0])
    first, second = SGD(0.25).attach([x]), SGD(0.25).attach([x])
    for k, optimizer in enumerate([first, second, first]):
        quadratic(x)
        optimizer.step()
        np.testing.assert_array_equal(x.value, [8.0 / 2 ** (k + 1)])


def test_a_graph_that_used_old_values_is_refused():
    x = Tensor([4.0])
    optimizer = SGD(0.25).attach([x])
    loss = quadratic(x)
    optimizer.step()
    with pytest.raises(InPlaceError):
        loss.backward()


def test_detach():
    x = Tensor([4.0])
    optimizer = SGD(0.25).attach([x])
    quadratic(x)
    optimizer.step()
    optimizer.detach()
    optimizer.detach()
    np.testing.assert_array_equal(x.value, [2.0])
    with pytest.raises(RuntimeError, match=r"the optimizer has no parameters: call optimizer.attach\(model\) first"):
        optimizer.step()


def test_detach_keeps_a_value_assigned_meanwhile():
    x = Tensor([4.0])
    optimizer = SGD(0.25).attach([x])
    x.value = [7.0]
    optimizer.detach()
    np.testing.assert_array_equal(x.value, [7.0])


def test_a_copy_is_not_attached_and_shares_nothing():
    x = Tensor([4.0])
    optimizer = Adam().attach([x])
    quadratic(x)
    optimizer.step()
    copied = deepcopy(optimizer)
    before = optimizer.state_dict()
    copied.update(np.ones(1), np.ones(1))
    for name, value in before.items():
        np.testing.assert_array_equal(optimizer.state_dict()[name], value)
    with pytest.raises(RuntimeError, match="has no parameters"):
        copied.step()


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "no parameters"),
        ([Tensor([1.0]) * 2], ValueError, "computed"),
        ([Tensor([1.0]), Tensor(np.ones(1, np.float32))], ValueError, "differ in precision"),
        ([np.ones(3)], TypeError, r"attach takes a model, or tensors; ndarray is no tensor"),
        ({"x": 3.0}, TypeError, r"attach takes a model, or tensors; float is no tensor"),
        (7, TypeError, r"attach takes a model, or tensors; int is no tensor"),
    ],
)
def test_what_cannot_be_attached(parameters, error, message):
    with pytest.raises(error, match=message):
        SGD().attach(parameters)


def test_step_without_gradients():
    with pytest.raises(RuntimeError, match=r"no parameter has a gradient: call loss.backward\(\)"):
        SGD().attach([Tensor([1.0])]).step()
