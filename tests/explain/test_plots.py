import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from matplotlib import font_manager, rcParams
from matplotlib.ft2font import FT2Font

from backprop.explain import plot_fonts
from backprop.explain.curves import curves
from backprop.explain.fonts.make import LABELS, characters
from backprop.explain.labels import label, languages
from backprop.explain.plots import CurvesFigure, plot_curves
from backprop.training.history import History

HISTORY = History(
    loss=[1.0, 0.5, 0.4],
    validation_loss=[1.1, 0.6, 0.7],
    metrics={"accuracy": [0.5, 0.75, 1.0]},
    validation_metrics={"accuracy": [0.5, 0.75, 0.75]},
)


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    plot_fonts._installed.cache_clear()
    yield
    plot_fonts._installed.cache_clear()


def texts(figure: CurvesFigure) -> list[str]:
    found = [text for axes in figure.axes for text in (axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel())]
    for axes in figure.axes:
        legend = axes.get_legend()
        assert legend is not None
        found += [text.get_text() for text in legend.get_texts()]
    return found


@pytest.mark.parametrize("language", languages())
def test_labels_are_in_the_language(language: str) -> None:
    found = texts(plot_curves(curves(HISTORY), language))
    for key in ("training.epoch", "training.loss", "training.training", "training.validation", "metric.accuracy"):
        assert label(key, language) in found
    assert found.count(label("training.best", language, epoch=2)) == 2


@pytest.mark.parametrize("language", languages())
def test_every_character_has_a_glyph(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the system has no font: a glyph that is missing is a warning, and warnings are errors here."""
    monkeypatch.setattr(plot_fonts, "CANDIDATES", {"zh": (), "ko": ()})
    plot_curves(curves(HISTORY, logarithmic=True), language).savefig(tmp_path / "curves.png")


def test_the_font_has_all_characters_of_the_labels() -> None:
    missing = characters() - {chr(code) for code in FT2Font(str(plot_fonts.LABELS_FONT)).get_charmap()}
    command = f"python {Path('backprop/explain/fonts/make.py')} NotoSansCJK-Regular.ttc"
    assert not missing, f"{LABELS.name} has characters that the font lacks; run: {command}"


def test_fonts_of_the_user_and_of_the_system_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rcParams, "font.family", ["DejaVu Serif"])
    monkeypatch.setattr(plot_fonts, "CANDIDATES", {"ko": ("No Such Font", "DejaVu Sans")})
    assert plot_fonts.families("ko") == ["DejaVu Serif", "DejaVu Sans", "Backprop Labels CJK"]
    assert plot_fonts.families("es") == ["DejaVu Serif"]


def test_fonts_installed_since_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(Path(font_manager.findfont("STIXGeneral")))
    others = [font for font in font_manager.fontManager.ttflist if font.name != "STIXGeneral"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", others)
    monkeypatch.setattr(plot_fonts, "CANDIDATES", {"zh": ("STIXGeneral",)})
    monkeypatch.setattr(plot_fonts, "findSystemFonts", lambda: [path, "/nowhere/other.ttf"])
    assert plot_fonts._installed("zh") == "STIXGeneral"


def test_curves_axes_and_the_best_epoch() -> None:
    loss, accuracy = plot_curves(curves(HISTORY), "en").axes
    lines = {line.get_label(): list(line.get_ydata()) for line in loss.get_lines()}
    assert lines["Training"] == HISTORY.loss
    assert lines["Validation"] == HISTORY.validation_loss
    assert lines["Best epoch: 2"] == [0.6]
    assert [text.get_text() for text in loss.get_xticklabels()] == ["1", "2", "3"]
    assert [text.get_text() for text in loss.get_yticklabels()] == ["0.4", "0.6", "0.8", "1"]
    assert {line.get_label() for line in accuracy.get_lines()} >= {"Training", "Validation"}


def test_a_notebook_shows_it_and_pyplot_knows_nothing_of_it() -> None:
    assert plot_curves(curves(HISTORY), "ko")._repr_png_()[:4] == b"\x89PNG"
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.parametrize("losses", [[0.5], [float("nan")] * 3, [0.0, 0.0], [1.0, float("nan"), 2.0]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_strange_losses_are_drawn(losses: list[float], logarithmic: bool, tmp_path: Path) -> None:
    plot_curves(curves(History(loss=losses), logarithmic=logarithmic), "en").savefig(tmp_path / "curves.png")
