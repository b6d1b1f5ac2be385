import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from frameworks import framework
from hypothesis import given
from hypothesis import strategies as st

from backprop.explain.display import collecting, show
from backprop.training.history import History

NAN = float("nan")
numbers = st.floats(allow_nan=False)


@st.composite
def histories(draw: Any) -> History:
    history = History(stopped_by=draw(st.none() | st.text()), plan=draw(st.none() | st.text()))
    measured = draw(st.sets(st.sampled_from(["validation_loss", "learning_rate", "gradient_norm", "seconds"])))
    metrics = draw(st.sets(st.text(min_size=1, max_size=3), max_size=2))
    for _ in range(draw(st.integers(0, 5))):
        values = {name: draw(numbers) for name in sorted(measured)}
        kinds = {kind: {name: draw(numbers) for name in metrics} for kind in ("metrics", "validation_metrics")}
        history.record(loss=draw(numbers), **values, **kinds)
    history.restored_epoch = draw(st.none() | st.integers(1, max(1, history.epochs)))
    return history


@given(histories())
def test_it_survives_strict_json(history: History) -> None:
    text = json.dumps(history.to_dict(), allow_nan=False)
    assert History.from_dict(json.loads(text)) == history


def test_what_is_not_a_number_survives_too() -> None:
    saved = History(loss=[NAN, float("-inf")]).to_dict()
    assert saved["loss"] == ["nan", "-inf"]
    loss = History.from_dict(saved).loss
    assert loss[0] != loss[0]
    assert loss[1] == float("-inf")


def test_the_saved_lists_are_copies() -> None:
    history = History(loss=[1.0], metrics={"accuracy": [0.5]})
    saved = history.to_dict()
    saved["metrics"]["accuracy"].append(1.0)
    assert history.metrics == {"accuracy": [0.5]}


@pytest.mark.parametrize(
    ("saved", "message"),
    [
        ({"loss": [1.0], "lost": []}, r"no 'lost'; it has gradient_norm, learning_rate, loss"),
        ({"loss": 1.0}, r"not a saved history: expected a list"),
        ({"loss": [None]}, r"not a saved history"),
        ({"loss": ["one"]}, r"could not convert"),
        ({"loss": [1.0], "metrics": []}, r"not a saved history"),
        ({"loss": [1.0], "plan": 3}, r"plan should be of type str or None, not 3"),
        ({"loss": [1.0], "restored_epoch": True}, r"restored_epoch should be of type int"),
        ({"loss": [1.0], "seconds": [1.0, 2.0]}, r"seconds has 2 epochs, and loss has 1"),
        ({"loss": [1.0], "metrics": {"a": [1.0, 2.0]}}, r"metrics a has 2 epochs"),
    ],
)
def test_what_is_not_a_history_is_refused(saved: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        History.from_dict(saved)


@pytest.mark.parametrize(
    ("history", "best"),
    [
        (History(), None),
        (History(loss=[3.0, 1.0, 2.0]), 2),
        (History(loss=[3.0, 1.0, 2.0], validation_loss=[2.0, 3.0, 2.0]), 1),
        (History(loss=[NAN, 1.0, NAN]), 2),
        (History(loss=[NAN]), None),
        (History(loss=[1.0, 2.0], validation_loss=[NAN, 9.0]), 2),
    ],
)
def test_the_best_epoch(history: History, best: int | None) -> None:
    assert history.best_epoch == best


def test_every_epoch_measures_the_same() -> None:
    history = History()
    history.record(loss=1.0, seconds=2.0, metrics={"accuracy": 0.5})
    before = history.to_dict()
    with pytest.raises(ValueError, match=r"epoch 2 .* did not measure the same: metrics accuracy, validation_loss"):
        history.record(loss=1.0, seconds=2.0, validation_loss=3.0)
    assert history.to_dict() == before


def test_text_and_notebook() -> None:
    history = History(loss=[2.0, 1.0], stopped_by="the last epoch", plan="used")
    assert repr(History()) == "History(no epoch yet)"
    assert repr(history).splitlines()[-3:] == ["Best epoch: 2", "Stopped by: the last epoch", "Plan: used"]
    assert "<svg" in history._repr_html_()
    shown: list[Any] = []
    with collecting(shown.append):
        show(history.view(logarithmic=True, metrics=False))
    assert shown[0].logarithmic


def test_training_imports_nothing_to_look_at() -> None:
    program = "import sys, backprop.training.history; sys.exit('backprop.explain' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_plot_is_saved(tmp_path: Path, ending: str) -> None:
    framework("matplotlib")
    path = tmp_path / f"curves.{ending}"
    figure = History(loss=[2.0, 1.0], metrics={"accuracy": [0.5, 1.0]}).plot("zh", path, logarithmic=True)
    assert path.read_bytes()[:4] == {"png": b"\x89PNG", "svg": b"<?xm", "pdf": b"%PDF"}[ending]
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "linear"]


def test_metrics_can_be_left_out() -> None:
    framework("matplotlib")
    assert len(History(loss=[2.0, 1.0], metrics={"accuracy": [0.5, 1.0]}).plot(metrics=False).axes) == 1


def test_matplotlib_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "backprop.explain.plots", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r'pip install "backprop-tutorial\[plot\]"'):
        History(loss=[1.0]).plot()


def test_without_an_epoch_there_is_nothing_to_plot() -> None:
    with pytest.raises(ValueError, match=r"no epoch was recorded"):
        History().plot()


def test_a_file_in_the_place_of_the_language() -> None:
    with pytest.raises(ValueError, match=r"^the language is 'a.png', which looks like a file: give it as path='a.png'"):
        History(loss=[1.0]).plot("a.png")
