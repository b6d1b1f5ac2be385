"""A training that was interrupted and resumed is the one that was not, to the last bit."""

import signal
from dataclasses import asdict
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import datasets, nn
from backprop.training import (
    SGD,
    AdamW,
    Callback,
    CheckpointError,
    EarlyStopping,
    OneCycle,
    ReduceOnPlateau,
    RMSProp,
    fit,
    load_checkpoint,
)

DATA = datasets.moons(70, noise=0.1, seed=0)


def network(seed=3, dropout=0.0):
    return nn.MLP((2, 8, 2), activation="tanh", seed=seed, dropout=dropout)


def assert_same(model, other):
    ours, theirs = model.state_dict(), other.state_dict()
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_array_equal(value, theirs[name], err_msg=name)


def measured(history):
    """All of a history but the seconds."""
    return {name: value for name, value in asdict(history).items() if name != "seconds"}


class CtrlC(Callback):
    """Presses Ctrl-C after so many batches in all."""

    def __init__(self, batches):
        self.left = batches

    def on_batch_end(self, training):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


OPTIONS = {
    "plain": {},
    "eager": {"plan": False},
    "momentum": {"optimizer": SGD(0.1, momentum=0.9, nesterov=True)},
    "rmsprop": {"optimizer": RMSProp(0.01, momentum=0.5, centered=True)},
    "adamw": {"optimizer": AdamW(0.01, amsgrad=True)},
    "one cycle": {"schedule": OneCycle()},
    "plateau": {"schedule": ReduceOnPlateau(patience=0, threshold=0.05), "validation": 0.3},
    "unshuffled": {"shuffle": False},
    "clipped": {"clip_norm": 0.1, "clip_value": 0.05},
    "no seed": {"seed": None, "validation": 0.2},
    "early stopping": {
        "validation": 0.3,
        "early_stopping": EarlyStopping(4, minimum_improvement=0.01),
        "learning_rate": 0.1,
    },
}


class TestSameBits:
    @pytest.mark.parametrize("dropout", [0.0, 0.3])
    @pytest.mark.parametrize("name", OPTIONS)
    def test_interrupted_between_epochs(self, name, dropout, tmp_path):
        options = {"epochs": 12, "batch_size": 16, **OPTIONS[name]}
        path = tmp_path / "run.npz"
        broken = network(dropout=dropout)
        fit(broken, DATA, **options | {"epochs": 5, "early_stopping": None}, checkpoint=path)
        if name in ("one cycle", "early stopping"):  # these two also depend on the epochs, and on what came before
            path.unlink()
            with pytest.raises(KeyboardInterrupt):
                fit(network(dropout=dropout), DATA, **options, checkpoint=path, callbacks=[CtrlC(5 * 4 + 1)])
        if options.get("seed", 0) is None:
            options["seed"] = load_checkpoint(path).configuration["seed"]
        whole = network(dropout=dropout)
        expected = fit(whole, DATA, **options)
        resumed = network(seed=99, dropout=dropout)
        options["seed"] = OPTIONS[name].get("seed", 0)
        history = fit(resumed, DATA, **options, checkpoint=path, resume=True)
        assert_same(resumed, whole)
        assert measured(history) == measured(expected)

    @settings(max_examples=25)
    @given(batch=st.integers(1, 29), every=st.integers(1, 3), again=st.integers(1, 10))
    def test_interrupted_twice_at_any_batch(self, tmp_path_factory, batch, every, again):
        path = tmp_path_factory.mktemp("run") / "run.npz"
        options = {"epochs": 6, "batch_size": 16, "validation": (DATA[0][:9], DATA[1][:9]), "early_stopping": 20}
        whole = network(dropout=0.2)
        expected = fit(whole, DATA, **options)
        model = network(dropout=0.2)
        for left in (batch, again):
            try:
                fit(
                    model,
                    DATA,
                    **options,
                    checkpoint=path,
                    checkpoint_every=every,
                    resume=True,
                    callbacks=[CtrlC(left)],
                )
            except KeyboardInterrupt:
                continue
        history = fit(model, DATA, **options, checkpoint=path, resume=True)
        assert_same(model, whole)
        assert measured(history) == measured(expected)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers")
def test_ctrl_c_at_any_moment_leaves_a_whole_epoch(tmp_path):
    """Not between two batches, but in the middle of whatever Python is doing."""
    states, rng = {}, np.random.default_rng(0)

    class Record(Callback):
        def on_start(self, training):
            states[0] = training.model.state_dict()

        def on_epoch_end(self, training):
            states[training.epoch] = training.model.state_dict()

    options = {"batch_size": 4, "validation": 0.2, "plan": False}

    def train(delay, model, path):
        signal.setitimer(signal.ITIMER_REAL, delay)  # in here: it may go off before the next line
        fit(model, DATA, epochs=10**6, **options, checkpoint=path, checkpoint_every=5)

    started = perf_counter()
    fit(network(), DATA, epochs=60, **options, callbacks=[Record()])
    seconds = perf_counter() - started

    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        for _ in range(60):
            model, path = network(), tmp_path / "run.npz"
            path.unlink(missing_ok=True)
            with pytest.raises(KeyboardInterrupt) as caught:
                train(rng.uniform(0.02, 0.9) * seconds, model, path)
            history = getattr(caught.value, "history", None)
            if history is None:  # before the training had begun
                continue
            if history.epochs not in states:  # the run that was timed was slower than this one
                fit(network(), DATA, epochs=history.epochs, **options, callbacks=[Record()])
            for name, value in states[history.epochs].items():
                np.testing.assert_array_equal(model.state_dict()[name], value)
            assert len(history.validation_loss) == len(history.seconds) == history.epochs
            if path.exists():
                assert load_checkpoint(path).epoch in (history.epochs // 5 * 5, max(history.epochs - 1, 0) // 5 * 5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class TestCheckpoint:
    def test_there_is_one_from_the_start(self, tmp_path):
        model, path = network(), tmp_path / "run.npz"
        first = model.state_dict()
        with pytest.raises(KeyboardInterrupt):
            fit(model, DATA, checkpoint=path, callbacks=[CtrlC(1)])
        saved = load_checkpoint(path)
        assert saved.epoch == 0
        for name, value in saved.model.items():
            np.testing.assert_array_equal(value, first[name])

    def test_every_so_many_epochs_and_after_the_last(self, tmp_path):
        path, found = tmp_path / "run.npz", []

        class Look(Callback):
            def on_epoch_end(self, training):
                found.append(load_checkpoint(path).epoch)

        fit(network(), DATA, epochs=5, checkpoint=path, checkpoint_every=2, callbacks=[Look()])
        assert found == [0, 0, 2, 2, 4]
        assert load_checkpoint(path).epoch == 5

    def test_resuming_without_a_file_starts(self, tmp_path):
        plain, model = network(), network()
        fit(plain, DATA, epochs=2)
        fit(model, DATA, epochs=2, checkpoint=tmp_path / "run.npz", resume=True)
        assert_same(model, plain)

    def test_a_finished_training_is_not_trained_on(self, tmp_path):
        path, model = tmp_path / "run.npz", network()
        options = {"epochs": 60, "validation": 0.3, "early_stopping": 1, "learning_rate": 0.3}
        first = fit(model, DATA, **options, checkpoint=path)
        assert first.stopped_by == "patience"
        other = network(seed=5)
        history = fit(other, DATA, **options, checkpoint=path, resume=True)
        assert_same(other, model)
        assert history == first

    def test_more_patience_goes_on(self, tmp_path):
        path = tmp_path / "run.npz"
        options = {"epochs": 60, "validation": 0.3, "learning_rate": 0.3, "checkpoint": path}
        first = fit(network(), DATA, **options, early_stopping=1)
        history = fit(network(), DATA, **options, early_stopping=3, resume=True)
        assert history.epochs > first.epochs
        assert history.loss[: first.epochs] == first.loss

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"batch_size": 8}, "batch_size: 32 then, 8 now"),
            ({"seed": 1}, "seed: 0 then, 1 now"),
            ({"optimizer": "sgd"}, r"optimizer: .Adam\(.*\). then, .SGD\("),
            ({"loss": nn.CrossEntropy(0.1)}, "loss: .* then, .*label_smoothing=0.1"),
            ({"shuffle": False}, "(?i)shuffle: true then, false now"),
            ({"clip_norm": 1.0}, "clip_norm: (None|null) then, 1.0 now"),
            ({"validation": 0.5}, r"examples: \[70, 2\] then, \[35, 2\] now"),
        ],
    )
    def test_another_training_is_not_resumed(self, changed, message, tmp_path):
        path, model = tmp_path / "run.npz", network()
        fit(network(), DATA, epochs=1, checkpoint=path)
        before, content = model.state_dict(), path.read_bytes()
        with pytest.raises(CheckpointError, match=message):
            fit(model, DATA, checkpoint=path, resume=True, **changed)
        assert all(np.array_equal(value, before[name]) for name, value in model.state_dict().items())
        assert path.read_bytes() == content

    def test_another_model_is_not_resumed(self, tmp_path):
        path = tmp_path / "run.npz"
        fit(network(), DATA, epochs=1, checkpoint=path)
        with pytest.raises(CheckpointError, match=r"parameters: .*\[2, 8\].* then, .*\[2, 9\].* now"):
            fit(nn.MLP((2, 9, 2)), DATA, checkpoint=path, resume=True)


class TestGenerators:
    def test_another_set_of_them_is_refused(self, tmp_path):
        class Noisy(nn.Module):
            def __init__(self, names):
                self.inner = network()
                for name in names:
                    setattr(self, name, np.random.default_rng(0))

            def forward(self, x):
                return self.inner(x)

        path = tmp_path / "run.npz"
        fit(Noisy(["a"]), DATA, epochs=1, checkpoint=path)
        with pytest.raises(CheckpointError, match=r"other random generators \(a\) than this one \(a, b\)"):
            fit(Noisy(["a", "b"]), DATA, checkpoint=path, resume=True)


class TestMore:
    def test_functions_of_another_process_are_the_same(self, tmp_path):
        """The place in memory of a function, such as a schedule, is no setting."""
        path = tmp_path / "run.npz"

        def schedule():
            return lambda epoch, epochs, base: base / (1 + epoch)

        fit(network(), DATA, epochs=1, checkpoint=path, schedule=schedule())
        history = fit(network(), DATA, epochs=2, checkpoint=path, schedule=schedule(), resume=True)
        assert history.learning_rate == [0.001, 0.0005]

    def test_the_state_of_callbacks_is_kept(self, tmp_path):
        class Count(Callback):
            def __init__(self):
                self.epochs = 0

            def on_epoch_end(self, training):
                self.epochs += 1

            def state_dict(self):
                return {"epochs": self.epochs}

            def load_state_dict(self, state):
                self.epochs = state["epochs"]

        path = tmp_path / "run.npz"
        fit(network(), DATA, epochs=2, checkpoint=path, callbacks=[Count(), Count()])
        pair = [Count(), Count()]
        pair[0].epochs = 40
        fit(network(), DATA, epochs=3, checkpoint=path, callbacks=pair, resume=True)
        assert [count.epochs for count in pair] == [3, 3]
        third = [*pair, Count()]
        fit(network(), DATA, epochs=4, checkpoint=path, callbacks=third, resume=True)
        assert [count.epochs for count in third] == [4, 4, 1]

    def test_a_folder_that_is_not_there(self, tmp_path):
        model = network()
        before = model.state_dict()
        with pytest.raises(CheckpointError, match="there is no folder"):
            fit(model, DATA, checkpoint=tmp_path / "none" / "run.npz")
        assert all(np.array_equal(value, before[name]) for name, value in model.state_dict().items())
