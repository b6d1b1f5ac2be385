"""Data and validation data become checked examples; a fraction is held out the same way each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import datasets, nn
from backprop.training import DataError
from backprop.training.examples import prepare_examples

LOSS = nn.CrossEntropy()


def network(**options):
    return nn.MLP((2, 4, 3), seed=0, **options)


def points(count=30):
    return datasets.spirals(count, classes=3, noise=0.0, seed=0)


class TestPrepared:
    def test_precision_targets_and_what_was_given(self):
        x, y = points()
        examples, held_out = prepare_examples(network(dtype="float32"), LOSS, (x.tolist(), y.tolist()), None, 0)
        assert held_out is None
        assert examples.x.dtype == examples.prepared.dtype == np.float32
        np.testing.assert_array_equal(examples.prepared, np.eye(3)[y])
        np.testing.assert_array_equal(examples.y, y)

    def test_pair(self):
        x, y = points()
        examples, held_out = prepare_examples(network(), LOSS, (x, y), (x[:5], y[:5]), 0)
        assert len(examples.x) == len(x)
        np.testing.assert_array_equal(held_out.x, x[:5])
        np.testing.assert_array_equal(held_out.prepared, np.eye(3)[y[:5]])

    @settings(max_examples=40)
    @given(count=st.integers(6, 40), fraction=st.floats(0.1, 0.9), seed=st.integers(0, 2**64))
    def test_fraction(self, count, fraction, seed):
        x, y = points(count)
        x, y = x + np.arange(len(x))[:, None], y
        model = network()
        parts = prepare_examples(model, LOSS, (x, y), fraction, seed)
        again = prepare_examples(model, LOSS, (x, y), fraction, seed)
        for part, same in zip(parts, again, strict=True):
            np.testing.assert_array_equal(part.x, same.x)
            assert len(part.x) == len(part.y) == len(part.prepared) >= 1
        rows = np.concatenate([part.x for part in parts])
        np.testing.assert_array_equal(rows[rows[:, 0].argsort()], x[x[:, 0].argsort()])
        for part in parts:
            where = [int(np.flatnonzero((x == row).all(1))[0]) for row in part.x]
            np.testing.assert_array_equal(part.y, y[where])
            np.testing.assert_array_equal(part.prepared, np.eye(3)[y[where]])

    def test_fraction_of_a_regression(self):
        x = np.arange(20.0)[:, None]
        model, loss = nn.Linear(1, 1, seed=0), nn.MeanSquaredError()
        examples, held_out = prepare_examples(model, loss, (x, x[:, 0]), 0.25, 3)
        assert (len(examples.x), len(held_out.x)) == (15, 5)
        np.testing.assert_array_equal(examples.prepared, examples.x)

    def test_nothing_is_warned_of_a_model_that_overflows(self):
        model = network()
        model[0].weight.value = np.full((2, 4), 1e308)
        prepare_examples(model, LOSS, (np.full((3, 2), 100.0), [0, 1, 2]), None, 0)


class TestRefused:
    @pytest.mark.parametrize(
        ("validation", "message"),
        [
            ((np.zeros((2, 3)), [0, 1]), r"the model cannot take x of validation, with examples of shape \(3,\)"),
            ((np.full((2, 2), np.nan), [0, 1]), "x of validation holds NaN in row 0, column 0"),
            ((np.zeros((2, 2)), [0, 7]), "targets of validation: .*7"),
            ((np.zeros((2, 2)), [0]), "x of validation has 2 examples and y has 1"),
            ((np.zeros((2, 2)), None), "y of validation is None"),
            ((1, 2, 3), r"validation should be a pair \(x, y\)"),
            (0.0, "the validation fraction should lie between 0 and 1"),
            (1, "the validation fraction should lie between 0 and 1"),
            ({"x": 1}, r"validation is a dict; give \(x, y\), or a fraction of the data, such as 0.2"),
        ],
    )
    def test_validation(self, validation, message):
        with pytest.raises(DataError, match=message):
            prepare_examples(network(), LOSS, points(), validation, 0)

    def test_examples_of_another_shape(self):
        """A model that takes any shape is no reason to validate with another one."""
        model = nn.LayerNorm(2)
        x = np.zeros((4, 2))
        with pytest.raises(DataError, match=r"validation has examples of shape \(5, 2\), and data of shape \(2,\)"):
            prepare_examples(model, nn.MeanSquaredError(), (x, x), (np.zeros((4, 5, 2)), np.zeros((4, 5, 2))), 0)

    def test_targets_of_the_data_have_the_message_of_the_loss(self):
        with pytest.raises(nn.TargetError):
            prepare_examples(network(), LOSS, (np.zeros((2, 2)), [0, 7]), None, 0)

    @pytest.mark.parametrize("result", [1.0, None, np.float64(2.0)])
    def test_loss_that_is_no_tensor(self, result):
        class Mine(nn.Loss):
            def compute(self, outputs, prepared):
                return result

        message = f"^Mine.compute gives {type(result).__name__}, which is no tensor, .* without .value or float"
        with pytest.raises(TypeError, match=message):
            prepare_examples(network(), Mine(), (np.zeros((2, 2)), np.zeros((2, 3))), None, 0)

    def test_outputs_that_are_no_tensor(self):
        class Mine(nn.MLP):
            def forward(self, x):
                return super().forward(x).value

        with pytest.raises(TypeError, match=r"^Mine.forward gives .*, which is no tensor, and no gradient flows back"):
            prepare_examples(Mine((2, 3)), LOSS, points(), None, 0)

    def test_loss_that_one_example_is_too_few_for(self):
        class Mine(nn.Loss):
            def compute(self, outputs, prepared):
                if len(prepared) < 2:
                    raise ZeroDivisionError
                return outputs.mean()

        prepare_examples(network(), Mine(), (np.zeros((2, 2)), np.zeros((2, 3))), None, 0)
