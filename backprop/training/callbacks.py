"""What may look on while a model is trained, and act between the epochs: the base class, and a progress bar."""

import sys
import warnings
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from .state import Training


class Callback:
    """Something that `fit` calls at the start, after every batch and epoch, and at the end; override what you need.

    Each method is given the `Training` under way: its `model`, `history`, `epoch`, `optimizer` and so on.
    `training.stop(reason)` ends the training after the current epoch. An exception raised in a callback ends it at
    once, and the model then has the weights of the last complete epoch.

    >>> class Print(Callback):
    ...     def on_epoch_end(self, training):
    ...         print(f"epoch {training.epoch}: {training.history.loss[-1]:.3f}")

    """

    def on_start(self, training: "Training") -> None:
        """Before the first epoch, and again in each later call of `fit`: forget what an earlier one left."""

    def on_batch_end(self, training: "Training") -> None:
        """After the update of one batch, the `training.batch`-th (from 1) of the epoch; its loss is `batch_loss`."""

    def on_epoch_end(self, training: "Training") -> None:
        """After an epoch, with its validation and metrics already in `training.history`."""

    def on_end(self, training: "Training") -> None:
        """At the end, also when it is an exception or Ctrl-C: release what `on_start` acquired."""

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must keep so that a resumed training goes on alike: numbers, strings and arrays."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave; called after `on_start`."""


class ProgressBar(Callback):
    """One line that tells the epoch, the losses and the time left.

    tqdm draws it where it is installed (`pip install tqdm`), else it is plain text: rewritten in place in a terminal,
    about ten lines in all elsewhere.

    Args:
        stream: where to write; the standard error stream by default.

    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._bar: Any = None

    def on_start(self, training: "Training") -> None:
        """Draw the bar with the epochs done so far."""
        self._bar = _tqdm_bar(training.epoch, training.epochs, self._stream)
        if self._bar is None:
            self._bar = _PlainBar(training.epoch, training.epochs, self._stream or sys.stderr)

    def on_epoch_end(self, training: "Training") -> None:
        """Move on by one epoch."""
        history = training.history
        shown = {"loss": history.loss[-1]}
        if history.validation_loss:
            shown["validation loss"] = history.validation_loss[-1]
        self._bar.set_postfix_str(", ".join(f"{name} {value:.4g}" for name, value in shown.items()), refresh=False)
        self._bar.update(1)

    def on_end(self, training: "Training") -> None:  # noqa: ARG002
        """Leave the last state of the bar on the screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _tqdm_bar(done: int, epochs: int, stream: TextIO | None) -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):  # in a notebook without widgets it warns, and draws text
            from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]

            return tqdm(total=epochs, initial=done, unit="epoch", file=stream)
    except ImportError:
        return None


class _PlainBar:
    """Stands in for tqdm, with the methods used here."""

    def __init__(self, done: int, epochs: int, stream: TextIO) -> None:
        self._done = done
        self._first = done
        self._epochs = epochs
        self._stream = stream
        self._in_place = stream.isatty()
        self._start = perf_counter()
        self._text = ""
        self._width = 0

    def set_postfix_str(self, text: str, refresh: bool) -> None:  # noqa: ARG002 (tqdm's signature)
        self._text = text

    def update(self, count: int) -> None:
        before, self._done = self._done, self._done + count
        seconds = perf_counter() - self._start
        left = seconds / (self._done - self._first) * (self._epochs - self._done)
        line = f"epoch {self._done}/{self._epochs}  {self._text}  {seconds:.0f} s, {left:.0f} s left"
        if self._in_place:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        elif self._done * 10 // self._epochs > before * 10 // self._epochs or before == self._first:
            self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        if self._in_place and self._width:
            self._stream.write("\n")
            self._stream.flush()
