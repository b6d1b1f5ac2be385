"""Stop criteria: when they stop, and the best weights that early stopping gives back."""

from time import sleep

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import datasets, nn
from backprop.training import SGD, Callback, EarlyStopping, StopAfter, StopAtLoss, StopCriterion, fit

DATA = datasets.moons(60, noise=0.1, seed=0)
HELD_OUT = datasets.moons(30, noise=0.3, seed=1)


def network():
    return nn.MLP((2, 8, 2), activation="tanh", seed=3)


class Weights(Callback):
    """The weights after each epoch."""

    def __init__(self):
        self.states = []

    def on_epoch_end(self, training):
        self.states.append(training.model.state_dict())


def assert_bits(model, state):
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, state[name])


class TestEarlyStopping:
    @settings(max_examples=20)
    @given(patience=st.integers(1, 6), rate=st.sampled_from([0.05, 0.3, 1.0]), seed=st.integers(0, 99))
    def test_best_weights_are_restored_bit_for_bit(self, patience, rate, seed):
        model, weights = network(), Weights()
        history = fit(
            model,
            DATA,
            validation=HELD_OUT,
            learning_rate=rate,
            early_stopping=patience,
            epochs=40,
            seed=seed,
            callbacks=[weights],
        )
        losses = history.validation_loss
        best = int(np.argmin(losses))
        assert_bits(model, weights.states[best])
        assert history.restored_epoch == best + 1 == history.best_epoch
        assert history.stopped_by == ("patience" if len(losses) < 40 or 40 - best > patience else "epochs")
        if history.stopped_by == "patience":
            assert len(losses) == best + 1 + patience

    def test_without_restoring_the_model_has_the_last_weights(self):
        model, weights = network(), Weights()
        stopping = EarlyStopping(2, restore_best=False)
        history = fit(model, DATA, validation=HELD_OUT, learning_rate=0.5, early_stopping=stopping, callbacks=[weights])
        assert_bits(model, weights.states[-1])
        assert history.stopped_by == "patience"
        assert history.restored_epoch is None

    def test_small_improvements_do_not_count(self):
        options = {"validation": HELD_OUT, "learning_rate": 0.02, "epochs": 60}
        patient = fit(network(), DATA, early_stopping=EarlyStopping(3), **options)
        strict = fit(network(), DATA, early_stopping=EarlyStopping(3, minimum_improvement=0.02), **options)
        assert strict.epochs < patient.epochs
        assert strict.stopped_by == "patience"

    def test_many_small_improvements_together_do(self):
        stopping = EarlyStopping(3, minimum_improvement=0.9)
        watched = Falling([10.0, 9.5, 9.0, 8.5, 8.0, 7.5])
        for _ in range(6):
            watched.epoch += 1
            stopping.on_epoch_end(watched)
            assert stopping.reason(watched) is None
        assert (stopping.best, stopping.best_epoch) == (7.5, 6)

    @pytest.mark.parametrize(
        ("monitor", "values", "best"),
        [
            ("validation_accuracy", [0.5, 0.9, 0.7, 0.9], 2),
            ("root_mean_squared_error", [3.0, 1.0, 2.0, 1.0], 2),
            (None, [float("nan"), 2.0, float("nan"), 3.0], 2),
            ("loss", [1.0, -3.0, 0.0, -2.0], 2),
        ],
    )
    def test_direction(self, monitor, values, best):
        stopping, watched = EarlyStopping(2, monitor=monitor), Falling(values)
        reasons = []
        for _ in values:
            watched.epoch += 1
            stopping.on_epoch_end(watched)
            reasons.append(stopping.reason(watched))
        assert stopping.best_epoch == best
        assert reasons == [None, None, None, "patience"]

    def test_direction_can_be_said(self):
        stopping, watched = EarlyStopping(2, monitor="cost", larger_is_better=False), Falling([2.0, 1.0, 3.0])
        for _ in range(3):
            watched.epoch += 1
            stopping.on_epoch_end(watched)
        assert stopping.best == 1.0

    def test_a_metric_is_watched(self):
        model, weights = network(), Weights()
        history = fit(
            model,
            DATA,
            validation=HELD_OUT,
            metrics=["accuracy"],
            learning_rate=0.1,
            early_stopping=EarlyStopping(5, monitor="validation_accuracy"),
            callbacks=[weights],
        )
        best = int(np.argmax(history.validation_metrics["accuracy"]))
        assert history.restored_epoch == best + 1
        assert_bits(model, weights.states[best])

    def test_the_training_loss_is_watched_where_nothing_is_held_out(self):
        history = fit(network(), DATA, early_stopping=2, optimizer=SGD(0.0), epochs=9, shuffle=False)
        assert (history.epochs, history.stopped_by, history.restored_epoch) == (3, "patience", 1)

    def test_one_criterion_can_serve_two_trainings(self):
        options = {"validation": HELD_OUT, "learning_rate": 0.5, "early_stopping": EarlyStopping(2)}
        first, second = (fit(network(), DATA, **options) for _ in range(2))
        assert first.loss == second.loss

    def test_what_there_is_to_watch_is_listed(self):
        stopping = EarlyStopping(2, monitor="validation_acuracy")
        with pytest.raises(
            ValueError, match=r"no 'validation_acuracy' .* loss, accuracy, validation_loss, validation_accuracy"
        ):
            fit(network(), DATA, validation=HELD_OUT, metrics=["accuracy"], early_stopping=stopping)

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"patience": 0}, ValueError, "patience is 0; it must be at least 1"),
            ({"patience": 1.5}, TypeError, "patience is 1.5; it must be a whole number"),
            ({"minimum_improvement": -0.1}, ValueError, "minimum_improvement is -0.1; it must be at least 0"),
        ],
    )
    def test_wrong_options(self, options, error, message):
        with pytest.raises(error, match=message):
            EarlyStopping(**options)


class Falling:
    """A training of which only one series of values is known."""

    def __init__(self, values):
        self.values = values
        self.epoch = 0
        self.flat = self

    def monitored(self, name):
        return self.values[self.epoch - 1]


Falling.values = np.zeros(0)


class TestOtherCriteria:
    def test_target_loss(self):
        history = fit(network(), DATA, target_loss=0.5, epochs=100, learning_rate=0.02)
        assert history.stopped_by == "target_loss"
        assert history.loss[-1] <= 0.5 < min(history.loss[:-1])

    def test_target_of_the_validation_loss(self):
        history = fit(
            network(),
            DATA,
            validation=HELD_OUT,
            callbacks=[StopAtLoss(0.55, "validation_loss")],
            epochs=100,
            learning_rate=0.02,
        )
        assert history.validation_loss[-1] <= 0.55 < min(history.validation_loss[:-1])

    def test_target_without_what_it_watches(self):
        with pytest.raises(ValueError, match="no 'validation_loss' to watch"):
            fit(network(), DATA, callbacks=[StopAtLoss(0.5, "validation_loss")])

    def test_time_limit(self):
        class Slow(Callback):
            def on_epoch_end(self, training):
                sleep(0.03)

        history = fit(network(), DATA, time_limit=0.1, callbacks=[Slow()])
        assert history.stopped_by == "time_limit"
        assert 2 <= history.epochs <= 5

    def test_time_limit_of_a_resumed_training_starts_anew(self, tmp_path):
        path = tmp_path / "run.npz"
        limit = StopAfter(1e-9)
        for epochs in (1, 2, 3):
            history = fit(network(), DATA, callbacks=[limit], checkpoint=path, resume=True)
            assert history.epochs == epochs

    def test_target_that_was_reached_before(self, tmp_path):
        options = {"epochs": 100, "learning_rate": 0.02, "checkpoint": tmp_path / "run.npz", "target_loss": 0.5}
        first = fit(network(), DATA, **options)
        assert fit(network(), DATA, **options, resume=True).loss == first.loss

    def test_the_first_reason_is_kept(self):
        history = fit(network(), DATA, time_limit=1e-9, target_loss=1e9)
        assert (history.stopped_by, history.epochs) == ("target_loss", 1)

    def test_a_criterion_has_to_say_when(self):
        with pytest.raises(NotImplementedError, match=r"StopCriterion does not say when to stop: define reason"):
            fit(network(), DATA, callbacks=[StopCriterion()])
