import pickle

import numpy as np
import pytest

from backprop import ShapeError, log
from backprop.nn import (
    MLP,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    Module,
    Recurrent,
    ReLU,
    Sequential,
    Tanh,
)

DIGITS = """\
name      module          output   parameters
─────────────────────────────────────────────
layers.0  Linear(64, 64)  (n, 64)       4,160
layers.1  ReLU()          (n, 64)           0
layers.2  Linear(64, 10)  (n, 10)         650

4,810 parameters: 18.8 KiB in float32
inputs (n, 64), outputs (n, 10): 552 bytes of all modules' outputs for each example"""


def rows(text):
    return {line.split()[0]: line for line in text.splitlines()[2:] if line}


def test_of_a_perceptron():
    assert MLP((64, 64, 10), dtype="float32").summary() == DIGITS


def test_input_shape_that_no_layer_knows():
    model = Sequential(Flatten(), Linear(4, 2))
    assert "output" not in model.summary()
    assert "(n, 2)" in model.summary((2, 2))
    assert "inputs (n, 2, 2)" in model.summary((2, 2))


def test_input_shape_behind_layers_that_keep_it():
    assert "inputs (n, 3)" in Sequential(Dropout(), Tanh(), LayerNorm(3)).summary()
    assert Sequential(Tanh()).input_shape is None
    assert Sequential().input_shape is None


def test_input_shape_that_does_not_fit():
    with pytest.raises(ShapeError, match=r"Linear\(4, 2\) takes inputs of shape \(…, 4\), not \(1, 5\)"):
        Linear(4, 2).summary((5,))


def test_of_one_layer():
    assert "Linear(2, 3)  (n, 3)           9" in Linear(2, 3).summary()


def test_of_modules_in_modules():
    text = Sequential(Embedding(10, 4), Recurrent((4, 3)), MLP((3, 2))).summary((7,))
    lines = rows(text)
    assert "(n, 7, 4)" in lines["layers.0"]
    assert lines["layers.1"].split()[1] == "Recurrent"  # what is in it has lines of its own
    assert "RecurrentCell(4, 3)" in lines["layers.1.cell"]
    assert lines["layers.2.layers.0"].endswith(" 8")
    # 28 numbers looked up, 7 states of 3 (and the last once more is no array of its own), 2 outputs
    assert f"{8 * (28 + 21 + 2)} bytes of all" in text


def test_shared_parameters_are_counted_once():
    layer = Linear(2, 2)
    assert "6 parameters" in Sequential(layer, ReLU(), layer).summary()
    model = Sequential(layer, Linear(2, 2))
    model[1].weight = layer.weight
    assert rows(model.summary())["layers.1"].endswith(" 2")
    assert "8 parameters" in model.summary()


def test_leaves_the_model_as_it_was():
    model = MLP((2, 3, 2), dropout=0.5, seed=0)
    before = [dict(vars(m)) for _, m in model.named_modules()]
    model.train().summary()
    for (_, module), attributes in zip(model.named_modules(), before, strict=True):
        assert vars(module).keys() - attributes.keys() <= {"training"}
        assert module.training


def test_numbers_that_zeros_lead_to_are_no_warning():
    class Log(Module):
        def forward(self, x):
            return log(x)

    assert "(n, 3)" in Log().summary((3,))


def test_modules_that_are_not_called():
    class Spare(Module):
        def __init__(self):
            self.used, self.spare = Linear(2, 2), Linear(5, 5)

        def forward(self, x):
            return self.used(x)

    assert rows(Spare().summary((2,)))["spare"].split()[-2:] == ["–", "30"]


def test_large_models_in_large_units():
    class Large(Module):
        def __init__(self):
            from backprop import Tensor

            self.weight = Tensor(np.zeros((512, 1024)))

        def forward(self, x):
            return x

    assert "524,288 parameters: 4.0 MiB in float64" in Large().summary((1,))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (5, r"^input_shape is the shape of one example, such as \(5,\), not 5$"),
        ((2.0,), r"such as \(784,\), not \(2.0,\)$"),
        ("2", r"such as \(784,\), not 2$"),
    ],
)
def test_input_shape_that_is_none(shape, message):
    with pytest.raises(TypeError, match=message):
        Linear(5, 2).summary(shape)


def test_is_seen_without_print():
    text = Linear(2, 3).summary()
    assert isinstance(text, str)
    assert repr(text) == text
    assert pickle.loads(pickle.dumps(text)) == text
