"""When to stop before all epochs are done: no more improvement, a loss low enough, or time that is up."""

from collections.abc import Mapping
from math import isnan, nan
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .callbacks import Callback
from .hyperparameters import not_negative, number, positive, whole

if TYPE_CHECKING:
    from .state import Training


class StopCriterion(Callback):
    """A callback that decides, from what it knows after each epoch, whether the training ends."""

    def reason(self, training: "Training") -> str | None:
        """Why the training ends here: one word, for `history.stopped_by`; None if it goes on.

        It is also asked before the first epoch of a resumed training, which may have been at its end already.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say when to stop: define reason(training)")

    def conclude(self, training: "Training") -> None:
        """Once, when the training has ended by a criterion or after the last epoch; not after an exception."""


class EarlyStopping(StopCriterion):
    """Stop when the validation loss has not improved for some epochs, and give the model its best weights back.

    Args:
        patience: how many epochs without improvement to wait; at least 1.
        minimum_improvement: how much better than the last improvement a value has to be to count as one.
        monitor: the name of the values in the history: "validation_loss", "loss", or a metric, such as
            "validation_accuracy". By default the validation loss, or the loss where there are no validation data.
        larger_is_better: of the monitored values. By default what the name says: losses and errors had better be
            small, any other metric large.
        restore_best: whether the model ends with the weights of its best epoch, bit for bit, also when the training
            ends for another reason than this one.

    Attributes:
        best: the best value so far; NaN before the first.
        best_epoch: its epoch, counted from 1; 0 before the first.
        waited: how many epochs have gone by since the last improvement.

    Raises:
        TypeError: a patience that is no whole number.
        ValueError: a patience below 1, or a negative improvement.

    """

    def __init__(
        self,
        patience: int = 10,
        minimum_improvement: float = 0.0,
        monitor: str | None = None,
        restore_best: bool = True,
        larger_is_better: bool | None = None,
    ) -> None:
        self.patience = whole("patience", patience, least=1)
        self.minimum_improvement = not_negative("minimum_improvement", minimum_improvement)
        self.monitor = monitor
        self.restore_best = restore_best
        if larger_is_better is None:
            larger_is_better = not (monitor or "loss").endswith(("loss", "error"))
        self.larger_is_better = larger_is_better
        self._forget()

    def _forget(self) -> None:
        self.best = nan
        self.best_epoch = 0
        self.waited = 0
        self._reference = nan  # the value that the next improvement is measured from
        self._weights: np.ndarray[Any, np.dtype[Any]] | None = None

    def on_start(self, training: "Training") -> None:
        """Forget an earlier training, and see that there is something to watch."""
        self._forget()
        training.check_monitored(self.monitor)

    def on_epoch_end(self, training: "Training") -> None:
        """Compare the epoch with the best one."""
        value = training.monitored(self.monitor)
        if self._better(value, self.best, 0.0):
            self.best, self.best_epoch = value, training.epoch
            if self.restore_best:
                if self._weights is None:
                    self._weights = np.empty_like(training.flat.values)
                np.copyto(self._weights, training.flat.values)
        if self._better(value, self._reference, self.minimum_improvement):
            self._reference, self.waited = value, 0
        else:
            self.waited += 1

    def reason(self, training: "Training") -> str | None:  # noqa: ARG002
        """Say "patience" when it has come to its end."""
        return "patience" if self.waited >= self.patience else None

    def conclude(self, training: "Training") -> None:
        """Give the model the weights of its best epoch."""
        if self._weights is not None:
            np.copyto(training.flat.values, self._weights)
            training.history.restored_epoch = self.best_epoch

    def _better(self, value: float, old: float, by: float) -> bool:
        """Whether a value improves on an old one by more than so much; the first value does, and NaN never."""
        if isnan(old):
            return not isnan(value)
        return value - old > by if self.larger_is_better else old - value > by

    def state_dict(self) -> dict[str, Any]:
        """The best value, its epoch and weights, and how long it was."""
        state = {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "reference": self._reference,
        }
        return state if self._weights is None else {**state, "weights": self._weights.copy()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See `Callback`."""
        self.best, self._reference = float(state["best"]), float(state["reference"])
        self.best_epoch, self.waited = int(state["best_epoch"]), int(state["waited"])
        self._weights = state["weights"].copy() if self.restore_best and "weights" in state else None


class StopAtLoss(StopCriterion):
    """Stop after the first epoch whose loss is low enough.

    Args:
        target: the loss to reach.
        monitor: "loss", of the training examples, or "validation_loss".

    """

    def __init__(self, target: float, monitor: str = "loss") -> None:
        self.target = number("target", target)
        self.monitor = monitor

    def on_start(self, training: "Training") -> None:
        """See that there is something to watch."""
        training.check_monitored(self.monitor)

    def reason(self, training: "Training") -> str | None:
        """Say "target_loss" when it is reached."""
        return "target_loss" if training.monitored(self.monitor) <= self.target else None


class StopAfter(StopCriterion):
    """Stop after the epoch in which the time is up.

    Args:
        seconds: time from the start of this call of `fit`; a resumed training has all of it again.

    """

    def __init__(self, seconds: float) -> None:
        self.seconds = positive("seconds", seconds)

    def on_start(self, training: "Training") -> None:  # noqa: ARG002
        """Start the clock."""
        self._start = perf_counter()
        self._over = False  # an epoch at least is trained, also when it is a resumed training

    def on_epoch_end(self, training: "Training") -> None:  # noqa: ARG002
        """Look at the clock."""
        self._over = perf_counter() - self._start >= self.seconds

    def reason(self, training: "Training") -> str | None:  # noqa: ARG002
        """Say "time_limit" when the time is up."""
        return "time_limit" if self._over else None
