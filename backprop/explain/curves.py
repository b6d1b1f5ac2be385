"""The record of a training run as a view: a table of epochs, and curves of the loss and of each metric."""

import re
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

from .axis import Axis, epoch_ticks, value_axis
from .chart import Texts, draw_chart, in_figure
from .chart_table import MOST_ROWS, folded_table, spread, text_table
from .display import View
from .labels import has_label, label, resolve_language
from .lines import Curve, Mark, described_curve, draw_lines
from .numbers import format_number
from .wording import paragraph

if TYPE_CHECKING:  # a view is not what needs all of training to be imported
    from ..training.history import History

DIGITS = 4
"""Significant digits of losses and metrics: more are noise."""

Values = tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """A quantity, on the training examples and on the validation examples; either may be missing."""

    quantity: str
    """`loss`, or the name of a metric."""
    training: Values
    validation: Values

    def name(self, language: str) -> str:
        """What the quantity is called; a metric of the user's own by its own name."""
        if self.quantity == "loss":
            return label("training.loss", language)
        if (top := re.fullmatch(r"top_(\d+|k)_accuracy", self.quantity)) is not None:
            return label("metric.top_k_accuracy", language, k=top[1])
        key = f"metric.{self.quantity}"
        return label(key, language) if has_label(key) else self.quantity.replace("_", " ")

    def columns(self, language: str) -> list[tuple[str, Values]]:
        """Headings and values."""
        kinds = [("training", self.training), ("validation", self.validation)]
        if self.quantity == "loss":
            return [(label(f"training.{kind}_loss", language), values) for kind, values in kinds if values]
        name = self.name(language)
        return [(label(f"training.{kind}_metric", language, metric=name), values) for kind, values in kinds if values]

    def curves(self, language: str) -> list[Curve]:
        """What is drawn, with texts for a legend."""
        kinds = [("training", self.training), ("validation", self.validation)]
        epochs = range(1, len(self.training) + 1)
        return [Curve(kind, label(f"training.{kind}", language), epochs, values) for kind, values in kinds if values]


@dataclass(frozen=True, repr=False)
class Curves(View):
    """See `curves`."""

    panels: tuple[Panel, ...]
    learning_rate: Values
    seconds: Values
    marked: int | None
    """The epoch whose weights the model has, or else the best one; counted from 1."""
    restored: bool
    logarithmic: bool

    @property
    def epochs(self) -> int:
        """How many there are."""
        return len(self.panels[0].training)

    def text(self, language: str | None = None) -> str:
        """A table of at most ten epochs: the first, the last, the marked one, and some between."""
        language = resolve_language(language)
        lines = [label("training.table", language), text_table(*self._table(language)), self.mark_text(language)]
        return "\n".join(filter(None, lines))

    def svg(self, language: str | None = None) -> str:
        """All charts, one SVG element for each quantity."""
        language = resolve_language(language)
        return "".join(self._chart(panel, language) for panel in self.panels)

    def html(self, language: str | None = None) -> str:
        """The charts, and below them the table, folded up."""
        language = resolve_language(language)
        caption = label("training.table", language)
        below = folded_table(caption, caption, "training", [self._table(language)], self.mark_text(language))
        return in_figure([self._chart(panel, language) for panel in self.panels], below)

    def title(self, panel: Panel, language: str) -> str:
        """A chart's accessible name, and its title on paper."""
        return label("training.title", language, quantity=panel.name(language))

    def heading(self, panel: Panel, language: str) -> str:
        """What the vertical axis means."""
        name = panel.name(language)
        return label("training.logarithmic", language, quantity=name) if self.is_logarithmic(panel) else name

    def is_logarithmic(self, panel: Panel) -> bool:
        """Whether its axis is: only that of the loss, and only where there is a positive loss."""
        positive = any(isfinite(v) and v > 0 for v in (*panel.training, *panel.validation))
        return self.logarithmic and panel.quantity == "loss" and positive

    def mark_text(self, language: str) -> str:
        """What the marked epoch is; empty without one."""
        if self.marked is None:
            return ""
        return label("training.restored" if self.restored else "training.best", language, epoch=self.marked)

    def _chart(self, panel: Panel, language: str) -> str:
        curves = panel.curves(language)
        marked = self.marked
        mark = Mark(marked, curves[-1].y[marked - 1], self.mark_text(language)) if marked else None
        texts = Texts(
            self.title(panel, language),
            self.heading(panel, language),
            self._description(panel, language),
            label("training.epoch", language),
            language,
        )
        across = Axis(1, self.epochs, epoch_ticks(self.epochs)) if self.epochs > 1 else Axis(0, 2, (1,))
        upwards = value_axis([*panel.training, *panel.validation], self.is_logarithmic(panel))
        legend = [curve.entry for curve in curves] + ([mark.entry] if mark else [])
        return draw_chart(texts, across, upwards, legend, partial(draw_lines, curves, mark))

    def _description(self, panel: Panel, language: str) -> str:
        sentences = [label("training.epochs", language, epochs=self.epochs)]
        for name, values in panel.columns(language):
            sentences.append(described_curve(name, values, _number, language))
        return paragraph([*sentences, self.mark_text(language)])

    def _columns(self, language: str) -> tuple[list[str], list[Values]]:
        """Headings, that of the epoch first, and the values of the other columns."""
        columns = [column for panel in self.panels for column in panel.columns(language)]
        if len(set(self.learning_rate)) > 1:
            columns.append((label("training.learning_rate", language), self.learning_rate))
        if self.seconds:
            columns.append((label("training.seconds", language), self.seconds))
        return [label("training.epoch", language), *(head for head, _ in columns)], [values for _, values in columns]

    def _shown(self) -> list[int]:
        epochs = {index + 1 for index in spread(self.epochs, MOST_ROWS - 1)}
        return sorted(epochs | ({self.marked} if self.marked else set()))

    def _table(self, language: str) -> tuple[list[str], list[list[str]]]:
        """Headings and rows."""
        heads, columns = self._columns(language)
        return heads, [[format_number(e), *(_number(column[e - 1]) for column in columns)] for e in self._shown()]


def curves(history: "History", *, logarithmic: bool = False, metrics: bool = True, seconds: bool = True) -> Curves:
    """The record of a training run as a view: a table in a terminal, curves in a notebook and on a site.

    The view holds what was recorded until now; it does not change when training goes on.

    Args:
        history: what `fit` returned.
        logarithmic: logarithmic axis for the loss.
        metrics: also the metrics, each with a chart of its own.
        seconds: also how long each epoch took, in the table. It differs from run to run.

    Raises:
        ValueError: no epoch was recorded.

    >>> from backprop.training.history import History
    >>> curves(History(loss=[0.9, 0.5, 0.4], validation_loss=[0.8, 0.6, 0.7]))
    Training, epoch by epoch
    ───────────────────────────────────────
    Epoch   Training loss   Validation loss
    ───────────────────────────────────────
        1             0.9               0.8
        2             0.5               0.6
        3             0.4               0.7
    ───────────────────────────────────────
    Best epoch: 2

    """
    if history.epochs == 0:
        raise ValueError("there are no curves: no epoch was recorded")
    names = dict.fromkeys([*history.metrics, *history.validation_metrics]) if metrics else {}
    panels = [Panel("loss", tuple(history.loss), tuple(history.validation_loss))]
    for name in names:
        values = (tuple(kind.get(name, ())) for kind in (history.metrics, history.validation_metrics))
        panels.append(Panel(name, *values))
    return Curves(
        tuple(panels),
        tuple(history.learning_rate),
        tuple(history.seconds) if seconds else (),
        history.restored_epoch or history.best_epoch,
        history.restored_epoch is not None,
        logarithmic,
    )


def _number(value: float) -> str:
    return format_number(float(f"{value:.{DIGITS}g}"))
