"""A training as its callbacks see it: what they may read, and what they may change."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from backprop import Tensor, datasets, nn
from backprop.training import SGD, Callback, CheckpointError, fit, load_checkpoint

DATA = datasets.moons(70, noise=0.1, seed=0)


def network():
    return nn.MLP((2, 8, 2), activation="tanh", seed=3)


class Scale(nn.Module):
    def __init__(self):
        self.factor = Tensor(0.5)

    def forward(self, x):
        return x * self.factor


class TestChangingParameters:
    def test_in_place(self, tmp_path):
        """A callback that halves the weights after each epoch; the checkpoint has them, and so has the next epoch."""

        class Halve(Callback):
            def on_epoch_end(self, training):
                training.flat.values *= 0.5

        path, model = tmp_path / "run.npz", network()
        before = model.state_dict()
        fit(model, DATA, optimizer=SGD(0.0), epochs=2, callbacks=[Halve()], checkpoint=path)
        for name, value in model.state_dict().items():
            np.testing.assert_array_equal(value, before[name] / 4)
            np.testing.assert_array_equal(value, load_checkpoint(path).model[name])

    def test_what_was_changed_is_what_an_interruption_leaves(self):
        class HalveAndFail(Callback):
            def on_epoch_end(self, training):
                training.flat.values *= 0.5

            def on_batch_end(self, training):
                if training.epoch == 2:
                    raise RuntimeError

        model = network()
        before = model.state_dict()
        with pytest.raises(RuntimeError):
            fit(model, DATA, optimizer=SGD(0.0), callbacks=[HalveAndFail()])
        for name, value in model.state_dict().items():
            np.testing.assert_array_equal(value, before[name] / 4)

    @pytest.mark.parametrize("event", ["on_start", "on_epoch_end"])
    def test_assigning_is_refused(self, event):
        def assign(training):
            training.model[0].bias.value = np.ones(8)

        class Assign(Callback):
            pass

        setattr(Assign, event, lambda self, training: assign(training))
        model = network()
        before = model.state_dict()
        with pytest.raises(
            RuntimeError,
            match=r"assigned a new value to layers.0.bias.*flat.values\)\['layers.0.bias'\]\[...\] = value",
        ):
            fit(model, DATA, callbacks=[Assign()], optimizer=SGD(0.0))
        assert all(np.array_equal(value, before[name]) for name, value in model.state_dict().items())

    def test_assigning_one_number_is_refused(self):
        class Assign(Callback):
            def on_epoch_end(self, training):
                training.model.factor.value = 7.0

        x = np.ones((4, 1))
        with pytest.raises(RuntimeError, match="assigned a new value to factor"):
            fit(Scale(), (x, x), loss="mean_squared_error", callbacks=[Assign()])


class TestMonitored:
    def test_names(self):
        seen = []

        class Look(Callback):
            def on_epoch_end(self, training):
                history = training.history
                assert training.monitored() == history.validation_loss[-1]
                assert training.monitored("loss") == history.loss[-1]
                assert training.monitored("accuracy") == history.metrics["accuracy"][-1]
                assert training.monitored("validation_accuracy") == history.validation_metrics["accuracy"][-1]
                with pytest.raises(
                    ValueError, match="there is no 'f1' to watch; there are loss, accuracy, validation_"
                ):
                    training.monitored("f1")
                seen.append(training.epoch)

        fit(network(), DATA, validation=0.2, metrics=["accuracy"], epochs=2, callbacks=[Look()])
        assert seen == [1, 2]

    def test_without_validation(self):
        class Look(Callback):
            def on_epoch_end(self, training):
                assert training.monitored() == training.history.loss[-1]

        fit(network(), DATA, epochs=1, callbacks=[Look()])


class TestWeighing:
    @pytest.mark.parametrize(
        ("loss", "by_rows"),
        [
            (nn.CrossEntropy(), True),
            (nn.CrossEntropy(0.1), True),
            (nn.CrossEntropy(class_weights=(1, 2)), False),
            (nn.MeanSquaredError(), True),
        ],
    )
    def test_rows_are_counted_where_nothing_else_matters(self, loss, by_rows):
        found = []

        class Look(Callback):
            def on_start(self, training):
                found.append(training.weigh is len)

        x, y = DATA
        fit(
            network(),
            (x, np.eye(2)[y] if loss.name == "mean_squared_error" else y),
            loss=loss,
            epochs=1,
            callbacks=[Look()],
        )
        assert found == [by_rows]

    def test_a_loss_of_ones_own_is_asked(self):
        class Doubled(nn.MeanSquaredError):
            def weight(self, prepared):
                return float(np.sum(prepared > 0.5) + 1)

        x = np.arange(4.0)[:, None]
        model = nn.Linear(1, 1, seed=0)
        weight, bias = (float(p.value.ravel()[0]) for p in model.parameters())
        history = fit(model, (x, x), loss=Doubled(), optimizer=SGD(0.0), shuffle=False, batch_size=2, epochs=1)
        squares = (weight * x[:, 0] + bias - x[:, 0]) ** 2
        assert history.loss[0] == pytest.approx((2 * squares[:2].mean() + 3 * squares[2:].mean()) / 5)


class TestResumedWithOtherMeasurements:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"metrics": ["accuracy"]}, "metrics: "),
            ({"validation": (DATA[0][:4], DATA[1][:4])}, "validation: "),
        ],
    )
    def test_is_refused_before_anything_is_trained(self, options, message, tmp_path):
        path = tmp_path / "run.npz"
        fit(network(), DATA, epochs=1, checkpoint=path)
        with pytest.raises(CheckpointError, match=message):
            fit(network(), DATA, epochs=2, checkpoint=path, resume=True, **options)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (True, "captured plan; in shards that the executor computes"),
        (False, "eager, because plan=False; in shards that the executor computes"),
    ],
)
def test_what_is_said_of_shards(plan, said):
    with ThreadPoolExecutor(2) as pool:
        history = fit(network(), DATA, epochs=1, executor=pool, plan=plan)
    assert history.plan == said
