"""A training under way: what decides how it goes on, what a checkpoint keeps of it, and how epoch follows epoch."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import isfinite
from os import PathLike
from time import perf_counter
from typing import Any, NoReturn

import numpy as np

from ..nn import LOSSES
from ..nn.prediction import evaluating
from .callbacks import Callback
from .checkpoint import Checkpoint, save_checkpoint
from .data import Batches
from .divergence import DivergenceError, offending_operation
from .evaluation import Examples, Metrics, loss_of, metrics_of, outputs_of
from .flat import FlatParameters
from .history import History
from .inputs import Array
from .interruption import undisturbed
from .loop import run_epoch
from .optimizers import Optimizer
from .parallel import ParallelStep
from .resuming import restore, restore_callbacks, snapshot
from .schedules import Schedule
from .steps import Step
from .stopping import StopCriterion


@dataclass(eq=False, repr=False)
class Training:
    """What `fit` works on, and what callbacks are given. They may read all of it, and change what says so.

    Attributes:
        model: in training mode. A parameter is changed in place, in `flat.views(flat.values)[name]`.
        loss: the `Loss`.
        flat: the parameters in one vector, and the gradient of the last batch, after clipping and the update, which
            may have used it as room.
        step: computes loss and gradient of a batch.
        optimizer: its `learning_rate` may be set, where there is no schedule.
        batches: of the training examples.
        epochs: after how many to stop.
        examples: inputs and targets that are trained on.
        validation: those that are held out, or None.
        metrics: functions of (outputs, targets), by name.
        callbacks: all of them, stop criteria included.
        schedule: of the learning rate, or None.
        clip: changes the gradient in place before the update, or None.
        checkpoint: the file, or None.
        checkpoint_every: after how many epochs it is written.
        configuration: settings that a resumed training has to share.
        history: of the epochs that are complete.
        epoch: how many epochs are complete.
        batch: how many batches of the present epoch are done; kept up only for callbacks with `on_batch_end`.
        batch_loss: likewise, the loss of the last of them.

    """

    model: Any
    loss: Any
    flat: FlatParameters
    step: Step
    optimizer: Optimizer
    batches: Batches
    epochs: int
    examples: Examples
    validation: Examples | None = None
    metrics: Metrics = field(default_factory=dict)
    callbacks: Sequence[Callback] = ()
    schedule: Schedule | None = None
    clip: Callable[[Array], Any] | None = None
    checkpoint: str | PathLike[str] | None = None
    checkpoint_every: int = 1
    configuration: dict[str, Any] = field(default_factory=dict)
    history: History = field(default_factory=History)
    epoch: int = 0
    batch: int = 0
    batch_loss: float = float("nan")

    def __post_init__(self) -> None:
        self._stopped_by: str | None = None
        self._criteria = [c for c in self.callbacks if isinstance(c, StopCriterion)]
        self._base_rate = self.optimizer.learning_rate
        self._whole = self.flat.values.copy()  # the weights of the last complete epoch
        # What the mean of a batch is divided by matters up to a factor: for most losses the number of rows will do.
        by_rows = type(self.loss) in LOSSES.values() and getattr(self.loss, "class_weights", None) is None
        self.weigh: Callable[[Array], float] = len if by_rows else self.loss.weight
        self.watchers_of_batches = [
            c.on_batch_end for c in self.callbacks if type(c).on_batch_end is not Callback.on_batch_end
        ]

    # For callbacks.

    def stop(self, reason: str = "callback") -> None:
        """End the training after this epoch; `history.stopped_by` says why."""
        self._stopped_by = self._stopped_by or reason

    def monitored(self, name: str | None = None) -> float:
        """The latest of the values of this name.

        Args:
            name: "loss", "validation_loss", a metric, such as "accuracy", or "validation_accuracy"; None for
                the validation loss, or the loss where there are no validation data.

        Raises:
            ValueError: there is no such name; the message lists those there are.

        """
        self.check_monitored(name)
        history = self.history
        if name is None:
            return (history.validation_loss or history.loss)[-1]
        if name in ("loss", "validation_loss"):
            return float(getattr(history, name)[-1])
        if name in self.metrics:
            return history.metrics[name][-1]
        return history.validation_metrics[name.removeprefix("validation_")][-1]

    def check_monitored(self, name: str | None) -> None:
        """Raise the error of `monitored`, if it would."""
        names = ["loss", *self.metrics]
        if self.validation is not None:
            names += [f"validation_{name}" for name in names]
        if name is not None and name not in names:
            hint = "" if self.validation is not None else "; give validation=(x, y) for validation_loss"
            raise ValueError(f"there is no {name!r} to watch; there are {', '.join(names)}{hint}")

    # For the loop over the batches.

    def learning_rates(self) -> list[float] | None:
        """What the schedule wants of each batch of the coming epoch; None if the optimizer's rate stays as it is."""
        schedule, count = self.schedule, len(self.batches)
        if schedule is None:
            return None
        if schedule.per == "epoch":
            return [schedule.rate(self.epoch, self.epochs, self._base_rate)] * count
        steps = range(self.epoch * count, (self.epoch + 1) * count)
        return [schedule.rate(step, self.epochs * count, self._base_rate) for step in steps]

    # Running.

    def run(self, saved: Checkpoint | None = None) -> History:
        """Train until the epochs are done or a criterion stops it.

        Args:
            saved: what to go on from; the model has the weights of it.

        Raises:
            DivergenceError: see there. `history.stopped_by` is then "divergence".
            BaseException: whatever a callback raises, and Ctrl-C; the weights are then those of the last epoch.

        """
        try:
            self._start(saved)
            while self.epoch < self.epochs and self._stopped_by is None:
                self._run_epoch()
            self.history.stopped_by = self._stopped_by or "epochs"
            for criterion in self._criteria:
                criterion.conclude(self)
        except DivergenceError:
            self.history.stopped_by = "divergence"
            raise
        except BaseException as error:
            self.go_back()
            if isinstance(error, KeyboardInterrupt):
                self.history.stopped_by = "interrupt"
                error.history = self.history  # type: ignore[attr-defined]
                error.add_note(f"backprop: the model has the weights of epoch {self.epoch}, the last complete one")
            raise
        finally:
            self.flat.changed()
            with ExitStack() as stack:  # each is called, whatever another raises
                for callback in reversed(self.callbacks):
                    stack.callback(callback.on_end, self)
        return self.history

    def _start(self, saved: Checkpoint | None) -> None:
        self.optimizer.start(self.flat.values)
        if saved is not None:
            restore(self, saved)
        for callback in self.callbacks:
            callback.on_start(self)
        self._refuse_assigned()
        if saved is None:
            self._save()
            return
        restore_callbacks(self, saved)
        if self.epoch:
            self._ask_criteria()

    def _run_epoch(self) -> None:
        start = perf_counter()
        self.batch = 0
        np.copyto(self._whole, self.flat.values)  # a callback may have changed them
        with np.errstate(all="ignore"):  # what is not finite is an error of ours, with more to say than a warning
            loss, norm = run_epoch(self)
        self.flat.changed()
        self.history.plan = how_computed(self.step)
        measured = self._measure()
        rate = float(self.optimizer.learning_rate)
        with undisturbed():  # history, weights and epoch belong together
            self.history.record(
                loss=loss, learning_rate=rate, gradient_norm=norm, seconds=perf_counter() - start, **measured
            )
            np.copyto(self._whole, self.flat.values)
            self.epoch += 1
        if self.schedule is not None:
            self.schedule.tell(self.monitored())
        for callback in self.callbacks:
            callback.on_epoch_end(self)
        self._refuse_assigned()
        self._ask_criteria()
        ends = self.epoch == self.epochs or self._stopped_by is not None
        if ends or self.epoch % self.checkpoint_every == 0:
            self._save()

    def _measure(self) -> dict[str, Any]:
        """Validation loss and metrics, as far as they are wanted."""
        measured: dict[str, Any] = {}
        if self.validation is not None:
            outputs = self._outputs(self.validation)
            loss = measured["validation_loss"] = loss_of(self.loss, outputs, self.validation)
            if not isfinite(loss):
                self._refuse(self.validation, f"the validation loss is {loss}")
            measured["validation_metrics"] = metrics_of(self.metrics, outputs, self.validation)
        if self.metrics:
            measured["metrics"] = metrics_of(self.metrics, self._outputs(self.examples), self.examples)
        return measured

    def go_back(self) -> None:
        """Take the weights of the last complete epoch."""
        np.copyto(self.flat.values, self._whole)
        self.flat.changed()

    def _outputs(self, examples: Examples) -> Array:
        outputs = outputs_of(self.model, examples)
        if not np.isfinite(outputs).all():
            self._refuse(examples, "the outputs of the model are not finite")
        return outputs

    def _refuse(self, examples: Examples, what: str) -> NoReturn:
        """Raise for an epoch whose steps were finite, but whose weights give no finite numbers in evaluation mode."""
        with evaluating(self.model):
            operation = offending_operation(
                self.model, lambda: self.loss.compute(self.model(examples.x), examples.prepared)
            )
        raise DivergenceError(self.epoch + 1, None, what, operation, self.history)

    def _refuse_assigned(self) -> None:
        """Raise if a callback gave a parameter an array of its own, which the updates would not reach."""
        for (name, view), tensor in zip(self.flat.views(self.flat.values).items(), self.flat.tensors, strict=True):
            own = tensor._value
            if own != view if type(own) is float else not np.may_share_memory(own, view):
                raise RuntimeError(
                    f"a callback assigned a new value to {name}, which the training would not know of. Change it in "
                    f"place: training.flat.views(training.flat.values)[{name!r}][...] = value"
                )

    def _ask_criteria(self) -> None:
        for criterion in self._criteria:
            if (reason := criterion.reason(self)) is not None:
                self.stop(reason)

    def _save(self) -> None:
        if self.checkpoint is not None:
            with undisturbed():
                save_checkpoint(self.checkpoint, snapshot(self))


def how_computed(step: Step) -> str:
    """What `history.plan` says of the steps: a captured plan, or why not."""
    reason = getattr(step, "reason", "plan=False")
    how = "captured plan" if reason is None else f"eager, because {reason}"
    return f"{how}; in shards that the executor computes" if isinstance(step, ParallelStep) else how
