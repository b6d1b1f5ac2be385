"""What happened during training, epoch by epoch: plain lists that can be saved, shown and plotted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isnan
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what is looked at is imported when it is looked at: training needs none of it
    from ..explain.curves import Curves
    from ..explain.plots import CurvesFigure


@dataclass(repr=False)
class History:
    """The record of a training run. All lists have one entry for each epoch, or none if it was not measured.

    Epochs are counted from 1: `history.loss[0]` is the loss of epoch 1.

    Attributes:
        loss: mean loss of the training examples, each at the time its batch was trained on.
        validation_loss: mean loss of the validation examples after the epoch.
        metrics: for each metric, its value on the training examples after the epoch.
        validation_metrics: the same on the validation examples.
        learning_rate: that of the last step of the epoch.
        gradient_norm: mean over the steps of the Euclidean norm of the gradient, before clipping.
        seconds: duration of the epoch, with its validation.
        stopped_by: why the training ended, in a few words; None while it runs.
        restored_epoch: the epoch whose weights the model has, if early stopping went back to them.
        plan: whether the captured plan was used, and if not, why; a sentence.

    >>> history = History()
    >>> history.record(loss=0.7, validation_loss=0.8)
    >>> history.record(loss=0.4, validation_loss=0.5)
    >>> history.record(loss=0.3, validation_loss=0.6)
    >>> history.epochs, history.best_epoch, history.validation_loss[history.best_epoch - 1]
    (3, 2, 0.5)

    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    validation_metrics: dict[str, list[float]] = field(default_factory=dict)
    learning_rate: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped_by: str | None = None
    restored_epoch: int | None = None
    plan: str | None = None

    @property
    def epochs(self) -> int:
        """How many epochs there were."""
        return len(self.loss)

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the lowest validation loss, or training loss without validation; None if no loss is a number.

        Counted from 1; the first one of several that are equally good.
        """
        losses = self.validation_loss or self.loss
        numbers = [(loss, epoch) for epoch, loss in enumerate(losses, 1) if not isnan(loss)]
        return min(numbers)[1] if numbers else None

    def record(
        self,
        *,
        loss: float,
        validation_loss: float | None = None,
        metrics: Mapping[str, float] | None = None,
        validation_metrics: Mapping[str, float] | None = None,
        learning_rate: float | None = None,
        gradient_norm: float | None = None,
        seconds: float | None = None,
    ) -> None:
        """Add an epoch. What is measured in one epoch has to be measured in all.

        Raises:
            ValueError: something was measured that was not before, or the other way round; nothing is added.

        """
        single = {
            "loss": loss,
            "validation_loss": validation_loss,
            "learning_rate": learning_rate,
            "gradient_norm": gradient_norm,
            "seconds": seconds,
        }
        entries = {(name, ""): value for name, value in single.items() if value is not None}
        entries |= {("metrics", name): value for name, value in (metrics or {}).items()}
        entries |= {("validation_metrics", name): value for name, value in (validation_metrics or {}).items()}
        known = set(self._series())
        if self.epochs and known != set(entries):
            differing = ", ".join(sorted(" ".join(filter(None, key)) for key in known ^ set(entries)))
            raise ValueError(f"epoch {self.epochs + 1} and those before it did not measure the same: {differing}")
        for (name, metric), value in entries.items():
            series = getattr(self, name)
            (series.setdefault(metric, []) if metric else series).append(float(value))

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON: numbers that JSON does not have are the texts "nan", "inf" and "-inf"."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "History":
        """Undo `to_dict`.

        Raises:
            ValueError: something is unknown, is not of its kind, or has another number of epochs than the loss.

        >>> history = History(loss=[0.5, float("inf")], stopped_by="divergence in epoch 2")
        >>> History.from_dict(history.to_dict()) == history
        True

        """
        names = {f.name for f in fields(cls)}
        if unknown := sorted(set(saved) - names):
            raise ValueError(f"a history has no {', '.join(map(repr, unknown))}; it has {', '.join(sorted(names))}")
        try:
            history = cls(**{name: _restored(name, value) for name, value in saved.items()})
        except (TypeError, AttributeError) as error:
            raise ValueError(f"this is not a saved history: {error}") from error
        for (name, metric), series in history._series().items():
            if len(series) != history.epochs:
                what = f"{name} {metric}".strip()
                raise ValueError(f"{what} has {len(series)} epochs, and loss has {history.epochs}")
        return history

    def view(self, *, logarithmic: bool = False, metrics: bool = True, seconds: bool = True) -> "Curves":
        """The curves as a view: `show(history.view())` prints a table, or draws them in a notebook and on a site.

        Arguments and errors are those of `backprop.explain.curves`.
        """
        from ..explain.curves import curves

        return curves(self, logarithmic=logarithmic, metrics=metrics, seconds=seconds)

    def plot(
        self,
        language: str | None = None,
        path: str | PathLike[str] | None = None,
        *,
        logarithmic: bool = False,
        metrics: bool = True,
    ) -> "CurvesFigure":
        """Plot training and validation loss, and the metrics, against the epoch; the best epoch is marked.

        Args:
            language: `"en"`, `"es"`, `"zh"`, `"ko"` or `"pt"`; None for that of `set_language`.
            path: a file to save the figure to; its ending (.png, .svg, .pdf, …) is the format.
            logarithmic: logarithmic axis for the loss.
            metrics: also the metrics, in panels of their own.

        Returns:
            A Matplotlib figure. A notebook shows it; it does not belong to pyplot, so none has to be closed.

        Raises:
            ImportError: Matplotlib is missing: `pip install "backprop-tutorial[plot]"`.
            ValueError: no epoch was recorded, or there are no labels in the language.

        """
        if language is not None and "." in str(language):
            raise ValueError(
                f"the language is {str(language)!r}, which looks like a file: give it as path={str(language)!r}, or "
                'after the language, as in plot("en", "curves.png")'
            )
        from ..explain.plots import plot_curves

        figure = plot_curves(self.view(logarithmic=logarithmic, metrics=metrics), language)
        if path is not None:
            figure.savefig(path)
        return figure

    def __repr__(self) -> str:
        """A small table of some of the epochs, the best one among them; and how training ended, and was computed."""
        if self.epochs == 0:
            return "History(no epoch yet)"
        notes = {"Stopped by": self.stopped_by, "Plan": self.plan}
        return "\n".join([self.view().text("en"), *(f"{name}: {text}" for name, text in notes.items() if text)])

    def _repr_html_(self) -> str:
        html: str = self.view()._repr_html_()
        return html

    def _series(self) -> dict[tuple[str, str], list[float]]:
        """All lists that are not empty, by attribute and metric."""
        single = ("loss", "validation_loss", "learning_rate", "gradient_norm", "seconds")
        found = {(name, ""): getattr(self, name) for name in single}
        for name in ("metrics", "validation_metrics"):
            found |= {(name, metric): series for metric, series in getattr(self, name).items()}
        return {key: series for key, series in found.items() if series}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if not isinstance(value, float) or abs(value) < float("inf") else str(value)


def _restored(name: str, value: Any) -> Any:
    if name in ("metrics", "validation_metrics"):
        return {str(metric): _floats(series) for metric, series in value.items()}
    if name in ("stopped_by", "plan", "restored_epoch"):
        expected: Any = int if name == "restored_epoch" else str
        if value is not None and type(value) is not expected:
            raise TypeError(f"{name} should be of type {expected.__name__} or None, not {value!r}")
        return value
    return _floats(value)


def _floats(series: Sequence[Any]) -> list[float]:
    if not isinstance(series, list):
        raise TypeError(f"expected a list of numbers, not {series!r}")
    return [float(value) for value in series]
