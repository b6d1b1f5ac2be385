"""A training that leaves the finite numbers: what is said, and what is left."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import datasets, exp, log, nn
from backprop.training import SGD, Callback, DivergenceError, History, fit, load_checkpoint
from backprop.training.divergence import offending_operation

DATA = datasets.moons(70, noise=0.1, seed=0)


def network(**options):
    return nn.MLP((2, 8, 2), activation="tanh", seed=3, **options)


class Exploding(nn.Module):
    """Linear, but for inputs above a limit, where it takes the exponential of a huge number."""

    def __init__(self, limit, only_training=True):
        self.limit = limit
        self.only_training = only_training
        self.inner = nn.Linear(1, 1, seed=0)

    def forward(self, x):
        y = self.inner(x)
        if not self.training and self.only_training:
            return y
        return y + exp(y * 0.0 + np.maximum(x - self.limit, 0.0) * 1e6)


class LastWeights(Callback):
    """Remembers the weights before each step."""

    def on_start(self, training):
        self.before = training.model.state_dict()

    def on_batch_end(self, training):
        self.before = training.model.state_dict()


def assert_weights(model, expected):
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, expected[name])
        assert np.isfinite(value).all()


@pytest.mark.parametrize("plan", [False, True])
class TestInABatch:
    def test_place_and_operation_are_named(self, plan):
        x = np.linspace(0, 1, 40)[:, None]
        model, last = Exploding(0.99), LastWeights()
        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(
                model,
                (x, x),
                loss="mean_squared_error",
                batch_size=8,
                shuffle=False,
                epochs=3,
                plan=plan,
                callbacks=[last],
            )
        error = caught.value
        assert (error.epoch, error.batch) == (1, 5)
        assert "exp made inf" in error.operation
        assert str(error).startswith(
            f"training diverged in epoch 1, batch 5: the loss is inf. First at fault: {error.operation}"
        )
        assert "smaller learning_rate" in str(error)
        assert error.history.epochs == 0
        assert error.history.stopped_by == "divergence"
        assert_weights(model, last.before)

    def test_learning_rate_too_large(self, plan):
        """Plain gradient descent on a quadratic doubles the weights again and again, until they overflow."""
        x = np.linspace(-1, 1, 32)[:, None]
        model, last = nn.Linear(1, 1, seed=0), LastWeights()
        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(
                model,
                (x, 3 * x),
                loss="mean_squared_error",
                optimizer="sgd",
                learning_rate=50.0,
                epochs=1000,
                plan=plan,
                callbacks=[last],
            )
        assert caught.value.epoch == caught.value.history.epochs + 1 > 20
        assert_weights(model, last.before)
        assert np.abs(model.weight.value).max() > 1e100

    def test_checkpoint_stays_at_the_last_good_epoch(self, plan, tmp_path):
        class Raise(Callback):
            """Makes the weights of the third epoch so large that the loss overflows."""

            def on_epoch_end(self, training):
                if training.epoch == 2:
                    training.optimizer.learning_rate = 1e160

        path = tmp_path / "run.npz"
        x = np.linspace(-1, 1, 32)[:, None]
        with pytest.raises(DivergenceError) as caught:
            fit(
                nn.Linear(1, 1, seed=0),
                (x, 3 * x),
                loss="mean_squared_error",
                optimizer="sgd",
                epochs=9,
                plan=plan,
                batch_size=8,
                callbacks=[Raise()],
                checkpoint=path,
            )
        assert (caught.value.epoch, caught.value.batch) == (3, 2)
        saved = load_checkpoint(path)
        assert saved.epoch == 2
        assert all(np.isfinite(value).all() for value in saved.model.values())

    def test_an_update_that_overflows_is_not_applied(self, plan):
        model = network(dtype="float32")
        before = model.state_dict()
        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(model, DATA, optimizer=SGD(3e38), epochs=2, plan=plan, loss=nn.CrossEntropy(class_weights=(1, 9)))
        error = caught.value
        assert (error.epoch, error.batch) in ((1, 1), (1, 2))
        for value in model.state_dict().values():
            assert np.isfinite(value).all()
        if error.batch == 1:
            assert_weights(model, before)
            assert "the update of layers" in error.operation
            assert "by SGD with learning rate 3e+38" in error.operation

    def test_weights_lost_by_a_small_gradient(self, plan):
        """An optimizer with a mistake: it divides 0 by 0 where a gradient is 0."""

        class Normalized(SGD):
            def update(self, values, gradients):
                values -= self.learning_rate * gradients / np.abs(gradients)

        x = np.ones((20, 2)) * [1.0, 0.0]
        model = nn.Linear(2, 1, seed=0)
        before = model.state_dict()
        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(
                model,
                (x, np.ones(20)),
                loss="mean_squared_error",
                batch_size=10,
                optimizer=Normalized(0.01),
                plan=plan,
            )
        assert caught.value.epoch == 1
        assert caught.value.operation == "the update of weight by Normalized with learning rate 0.01"
        assert_weights(model, before)

    def test_large_but_finite_gradients_are_no_divergence(self, plan):
        """The square of the norm overflows in single precision, the numbers do not."""
        x = np.linspace(0.5, 1, 16, dtype=np.float32)[:, None]
        model = nn.Linear(1, 1, dtype="float32", seed=0)
        history = fit(
            model,
            (x, np.full(16, 1e14)),
            loss="huber",
            optimizer=SGD(1e-30),
            epochs=2,
            plan=plan,
        )
        assert history.epochs == 2
        scaled = fit(
            nn.Linear(1, 1, dtype="float32", seed=0),
            (x * 1e22, np.zeros(16)),
            loss=nn.Huber(1e-3),
            optimizer=SGD(0.0),
            epochs=1,
            plan=plan,
            batch_size=16,
        )
        assert scaled.gradient_norm[0] == pytest.approx(1e-3 * 0.75e22, rel=1e-3)

    @settings(max_examples=20)
    @given(row=st.integers(0, 39), size=st.integers(1, 40))
    def test_any_batch(self, plan, row, size):
        x = np.zeros((40, 1))
        x[row] = 1.0
        with pytest.raises(DivergenceError) as caught:
            fit(
                Exploding(0.5),
                (x, x),
                loss="mean_squared_error",
                batch_size=size,
                shuffle=False,
                epochs=1,
                plan=plan,
            )
        assert caught.value.batch == row // size + 1


class TestElsewhere:
    def test_in_validation(self):
        x = np.linspace(0, 1, 40)[:, None]
        model = Exploding(1.5, only_training=False)
        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(model, (x, x), validation=(2 * x, x), loss="mean_squared_error", epochs=3)
        assert (caught.value.epoch, caught.value.batch) == (1, None)
        assert "in epoch 1, validation: the outputs of the model are not finite" in str(caught.value)
        assert "exp made inf" in caught.value.operation

    def test_loss_of_validation_alone(self):
        x = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
        with pytest.raises(DivergenceError, match="the validation loss is inf"):
            fit(
                nn.Linear(1, 1, dtype="float32", seed=0),
                (x, x),
                validation=(x, np.full(8, 1e30)),
                loss="mean_squared_error",
            )

    def test_with_dropout_nothing_is_drawn_for_the_search(self):
        model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Dropout(0.5, seed=1), nn.Linear(4, 2, seed=2))
        state = model[1].generator.bit_generator.state
        model[0].weight.value = np.full((2, 4), 1e308)
        loss = nn.CrossEntropy()
        with warnings.catch_warnings(action="error"):
            found = offending_operation(model, lambda: loss(model(np.full((3, 2), 10.0)), [0, 1, 0]))
        assert found.startswith("affine made inf")
        assert "layers.0.weight of shape (2, 4)" in found
        assert model[1].generator.bit_generator.state == state
        assert [p.name for p in model.parameters()] == ["weight", "bias", "weight", "bias"]

    def test_nothing_found(self):
        model = network()
        assert offending_operation(model, lambda: nn.CrossEntropy()(model(DATA[0]), DATA[1])) is None
        assert "computed once more was finite" in str(DivergenceError(1, 2, "the loss is nan", None))

    def test_in_the_backward_pass(self):
        class Root(nn.Module):
            def __init__(self):
                self.inner = nn.Linear(1, 1, bias=False, seed=0)

            def forward(self, x):
                return (self.inner(x) * 0.0) ** 0.5

        with warnings.catch_warnings(action="error"), pytest.raises(DivergenceError) as caught:
            fit(Root(), (np.ones((4, 1)), np.ones(4)), loss="mean_squared_error")
        assert "the gradient of inner.weight is not finite" in str(caught.value)
        assert "the backward pass of power made" in caught.value.operation

    def test_it_is_an_arithmetic_error_that_can_come_from_another_process(self):
        error = DivergenceError(3, None, "the validation loss is inf", "exp made inf", History(loss=[1.0]))
        copy = pickle.loads(pickle.dumps(error))
        assert isinstance(copy, ArithmeticError)
        assert str(copy) == str(error)
        assert (copy.epoch, copy.batch, copy.operation, copy.history) == (3, None, "exp made inf", error.history)

    def test_logarithm_is_named_with_its_operand(self):
        class Log(nn.Module):
            def __init__(self):
                self.inner = nn.Linear(2, 2, seed=0)

            def forward(self, x):
                return log(self.inner(x) * 0.0)

        with pytest.raises(DivergenceError, match=r"First at fault: log made -inf at index \(0, 0\)"):
            fit(Log(), DATA)
