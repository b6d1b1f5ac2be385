"""What callbacks are told and when, and the progress bar."""

import io
import sys

import numpy as np
import pytest
from frameworks import framework

from backprop import datasets, nn
from backprop.training import Callback, EarlyStopping, ProgressBar, fit

DATA = datasets.moons(70, noise=0.1, seed=0)


def network():
    return nn.MLP((2, 8, 2), activation="tanh", seed=3)


class Log(Callback):
    def __init__(self, fail=None):
        self.events = []
        self.fail = fail

    def note(self, event, training):
        self.events.append((event, training.epoch, training.batch))
        if self.fail == event:
            raise RuntimeError(f"failed at {event}")

    def on_start(self, training):
        self.note("start", training)

    def on_batch_end(self, training):
        self.note("batch", training)

    def on_epoch_end(self, training):
        self.note("epoch", training)

    def on_end(self, training):
        self.note("end", training)


class TestOrder:
    def test_all_calls(self):
        log = Log()
        fit(network(), DATA, epochs=2, batch_size=35, callbacks=[log])
        assert log.events == [
            ("start", 0, 0),
            ("batch", 0, 1),
            ("batch", 0, 2),
            ("epoch", 1, 2),
            ("batch", 1, 1),
            ("batch", 1, 2),
            ("epoch", 2, 2),
            ("end", 2, 2),
        ]

    def test_what_they_can_see(self):
        seen = {}

        class Look(Callback):
            def on_batch_end(self, training):
                seen.setdefault("losses", []).append(training.batch_loss)
                seen["weights"] = training.model.state_dict()

            def on_epoch_end(self, training):
                seen["loss"] = training.history.loss[-1]
                seen["monitored"] = training.monitored(), training.monitored("validation_accuracy")
                for name, value in seen["weights"].items():
                    np.testing.assert_array_equal(value, training.model.state_dict()[name])

        x, y = DATA
        history = fit(
            network(),
            (x, y),
            epochs=1,
            batch_size=35,
            validation=(x[:9], y[:9]),
            metrics=["accuracy"],
            callbacks=[Look()],
        )
        assert seen["loss"] == pytest.approx(np.mean(seen["losses"]), rel=1e-14)
        assert seen["monitored"] == (history.validation_loss[0], history.validation_metrics["accuracy"][0])

    def test_stopping(self):
        class Stop(Callback):
            def on_batch_end(self, training):
                if training.epoch == 2:
                    training.stop()

        history = fit(network(), DATA, epochs=9, callbacks=[Stop()])
        assert (history.stopped_by, history.epochs) == ("callback", 3)

    def test_stopping_does_not_outlive_the_training(self):
        class Stop(Callback):
            def on_epoch_end(self, training):
                training.stop("enough")

        stop = Stop()
        assert [fit(network(), DATA, epochs=9, callbacks=[stop]).stopped_by for _ in range(2)] == ["enough"] * 2


class TestFailures:
    @pytest.mark.parametrize("event", ["start", "batch", "epoch", "end"])
    def test_the_model_is_whole_and_all_are_told_of_the_end(self, event):
        model, logs = network(), [Log(), Log(fail=event), Log()]
        before = model.state_dict()
        with pytest.raises(RuntimeError, match=f"failed at {event}"):
            fit(model, DATA, epochs=2, callbacks=logs)
        assert [log.events[-1][0] for log in logs] == ["end"] * 3
        complete = logs[1].events[-1][1]
        expected = network()
        if complete:
            fit(expected, DATA, epochs=complete)
        for name, value in model.state_dict().items():
            np.testing.assert_array_equal(value, expected.state_dict()[name])
            assert complete or np.array_equal(value, before[name])
        model.parameters()[0].value = np.ones((2, 8))
        assert model.state_dict()["layers.0.weight"].all()

    def test_ctrl_c(self):
        """The model has the weights of the last complete epoch, and the history comes with the exception."""

        class CtrlC(Callback):
            def on_batch_end(self, training):
                if (training.epoch, training.batch) == (3, 2):
                    raise KeyboardInterrupt

        model, expected = network(), network()
        with pytest.raises(KeyboardInterrupt) as caught:
            fit(model, DATA, epochs=9, callbacks=[CtrlC()], early_stopping=EarlyStopping(5))
        fit(expected, DATA, epochs=3)
        for name, value in model.state_dict().items():
            np.testing.assert_array_equal(value, expected.state_dict()[name])
        assert caught.value.history.epochs == 3
        assert caught.value.history.stopped_by == "interrupt"
        assert caught.value.__notes__ == ["backprop: the model has the weights of epoch 3, the last complete one"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TestProgressBar:
    def test_it_is_drawn_on_request(self, capsys):
        fit(network(), DATA, epochs=3, validation=0.2)
        assert capsys.readouterr() == ("", "")
        fit(network(), DATA, epochs=3, validation=0.2, progress=True)
        out, err = capsys.readouterr()
        assert out == ""
        assert "3/3" in err
        assert "validation loss" in err

    def test_tqdm_goes_on_where_a_resumed_training_does(self, tmp_path):
        framework("tqdm")
        stream = io.StringIO()
        path = tmp_path / "run.npz"
        fit(network(), DATA, epochs=2, checkpoint=path)
        fit(network(), DATA, epochs=4, checkpoint=path, resume=True, callbacks=[ProgressBar(stream)])
        assert "2/4" in stream.getvalue()
        assert "4/4" in stream.getvalue()

    def test_plain_lines_without_tqdm(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        stream = io.StringIO()
        history = fit(network(), DATA, epochs=40, callbacks=[ProgressBar(stream)])
        lines = stream.getvalue().splitlines()
        assert len(lines) == 11
        assert lines[0].startswith(f"epoch 1/40  loss {history.loss[0]:.4g}  0 s, ")
        assert lines[1].startswith(f"epoch 4/40  loss {history.loss[3]:.4g}")
        assert lines[-1].endswith(" s, 0 s left")

    def test_one_line_in_a_terminal_without_tqdm(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        stream = Terminal()
        fit(network(), DATA, epochs=5, callbacks=[ProgressBar(stream)])
        assert stream.getvalue().count("\n") == 1
        assert stream.getvalue().count("\r") == 5
        assert stream.getvalue().endswith("\n")

    def test_it_is_closed_when_the_training_fails(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        stream = Terminal()
        with pytest.raises(RuntimeError):
            fit(network(), DATA, callbacks=[ProgressBar(stream), Log(fail="epoch")])
        assert stream.getvalue().endswith("\n")
