import pickle

import numpy as np
import pytest

from backprop import Tensor
from backprop.nn import LOSSES, BinaryCrossEntropy, CrossEntropy, Huber, Loss, loss_for

TARGETS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
every_loss = pytest.mark.parametrize("name", LOSSES)


@every_loss
class TestEveryLoss:
    def test_is_found_by_its_name(self, name):
        assert loss_for(name).name == name
        assert type(loss_for(name)) is LOSSES[name]

    def test_is_a_value(self, name):
        """Equal if its settings are; what is sent to another process is the same loss."""
        loss = loss_for(name)
        assert loss_for(loss) is loss
        assert pickle.loads(pickle.dumps(loss)) == loss == loss_for(name)
        assert repr(loss).startswith(f"{type(loss).__name__}(")

    def test_of_arrays_is_a_number_and_of_tensors_a_tensor(self, name):
        loss = loss_for(name)
        outputs = np.random.default_rng(0).normal(size=(3, 2))
        number, tensor = loss(outputs, TARGETS), loss(Tensor(outputs), TARGETS)
        assert isinstance(number, np.floating)
        assert float(number) == float(tensor)
        assert tensor.shape == ()

    def test_rows_of_what_is_prepared_are_prepared(self, name):
        loss = loss_for(name)
        prepared = loss.prepare(TARGETS, (3, 2), float)
        np.testing.assert_array_equal(prepared[1:], loss.prepare(TARGETS[1:], (2, 2), float))


def test_of_ones_own():
    class Absolute(Loss):
        name = "absolute"

        def compute(self, outputs, prepared):
            return abs(outputs - prepared).mean()

    loss = Absolute()
    assert loss_for(loss) is loss
    assert float(loss(Tensor([1.0, 3.0]), [0, 0])) == 2.0
    assert loss.weight(loss.prepare([0, 0], (2,), float)) == 2


def test_without_compute():
    with pytest.raises(NotImplementedError):
        Loss()(Tensor([1.0]), [1.0])


def test_unknown():
    with pytest.raises(ValueError, match="no loss is called 'mse'; there are cross_entropy, binary_cross_entropy"):
        loss_for("mse")
    with pytest.raises(TypeError, match=r"^CrossEntropy is a class; pass a loss, CrossEntropy\(\)$"):
        loss_for(CrossEntropy)
    with pytest.raises(TypeError, match=r"a loss is a name, such as 'cross_entropy', or one such as CrossEntropy\(\)"):
        loss_for(None)
    with pytest.raises(TypeError, match=r"derive a class from Loss, with compute\(outputs, prepared\)$"):
        loss_for(lambda outputs, targets: 0.0)


@pytest.mark.parametrize("make", [CrossEntropy, BinaryCrossEntropy])
class TestOptions:
    @pytest.mark.parametrize("smoothing", [-0.1, 1.0, float("nan")])
    def test_smoothing(self, make, smoothing):
        with pytest.raises(ValueError, match="label_smoothing is at least 0 and less than 1"):
            make(label_smoothing=smoothing)

    @pytest.mark.parametrize("weights", [(1.0, 0.0), (1.0, -1.0), (1.0, float("nan")), (float("inf"), 1.0)])
    def test_weights(self, make, weights):
        with pytest.raises(ValueError, match="class_weights are positive numbers"):
            make(class_weights=weights)

    def test_weights_in_any_sequence(self, make):
        assert make(class_weights=np.array([1, 2])) == make(class_weights=[1.0, 2.0]) == make(class_weights=(1, 2))

    def test_weights_by_class(self, make):
        with pytest.raises(TypeError, match="in the order of the classes"):
            make(class_weights={0: 1.0, 1: 2.0})

    @pytest.mark.parametrize("weights", ["balanced", "11", 2.0, ["heavy", "light"]])
    def test_weights_that_are_no_numbers(self, make, weights):
        message = r"a number for each class, not .* len\(y\) / \(classes \* np.bincount\(y\)\)$"
        with pytest.raises(TypeError, match=message):
            make(class_weights=weights)

    def test_weights_in_the_place_of_the_smoothing(self, make):
        with pytest.raises(TypeError, match=r"^label_smoothing is a number, not \[1.0, 2.0\]; other options"):
            make([1.0, 2.0])


def test_binary_weights_are_two():
    with pytest.raises(ValueError, match="class_weights of no and yes are two numbers, not 3"):
        BinaryCrossEntropy(class_weights=(1, 2, 3))


def test_text():
    assert repr(Huber(2.0)) == "Huber(delta=2.0)"
    assert repr(CrossEntropy(0.1, [1, 2])) == "CrossEntropy(label_smoothing=0.1, class_weights=(1.0, 2.0))"
