"""A step that captures a plan for every batch size, checks it once against the eager step, and then only calls it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..eager import EagerStep
from ..flat import FlatParameters
from ..steps import Array
from .capture import capture
from .symbols import CaptureError
from .watch import Watch

TOLERANCE = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-8}
"""How far a plan may be from the eager step, relative to the largest entry: rounding, but no other mask or formula."""
TRIES = 3
"""How often a model may change its attributes in the batch that is captured: it may fill a cache in its first."""

Plan = Callable[[Array, Array], Any]


class PlannedStep:
    """Computes loss and gradient by captured plans, one for each size of a batch; eagerly where it cannot.

    A plan takes for granted what the model and the loss hold besides parameters: numbers, arrays, the mode. Whenever
    `flat.changed()` was called, which a training does after each epoch and before every callback, this is looked at
    again, and plans that no longer hold are captured anew. Between two such calls all batches are rows of the same
    arrays.

    Args:
        model: see `EagerStep`.
        loss: likewise.
        flat: likewise.

    Attributes:
        reason: why the steps are computed eagerly; None while plans are used.
        sources: the Python source of every plan, by the number of examples in its batch.

    """

    def __init__(self, model: Any, loss: Any, flat: FlatParameters) -> None:
        self._model, self._loss, self._flat = model, loss, flat
        self._eager = EagerStep(model, loss, flat)
        self._plans: dict[int, Plan] = {}
        self._mark = flat.tensors[0]  # its number changes with every `flat.changed()`
        self._number = self._mark._number
        self._watch: Watch | None = None
        self._kind: Any = None
        self._tries = 0
        self.reason: str | None = None
        self.sources: dict[int, str] = {}

    def step(self, x: Array, y: Array) -> float:
        """See `Step`."""
        plan = self._plans.get(len(x))
        if plan is None or self._mark._number != self._number:
            plan = self._still_valid(x, y)
            if plan is None:
                return self._first(x, y)
        loss = float(plan(x, y))
        return loss if loss == loss else self._eager.step(x, y)  # NaN may be 0 · ∞, which operations look into

    def _still_valid(self, x: Array, y: Array) -> Plan | None:
        """The plan for a batch, if there is one and what it takes for granted has not changed."""
        kind = x.shape[1:], x.dtype, y.shape[1:], y.dtype
        if kind != self._kind or self._watch is None or self._watch.changed() is not None:
            self._plans.clear()
            self.sources.clear()
        self._kind, self._number = kind, self._mark._number
        return self._plans.get(len(x))

    def _first(self, x: Array, y: Array) -> float:
        """Capture the plan for batches of this size; compute this one eagerly as well, and compare."""
        if self.reason is not None:
            return self._eager.step(x, y)
        watch = Watch(self._model, self._loss)
        try:
            with np.errstate(all="ignore"):
                source, plan = self._captured(watch, x, y)
                loss = _run(plan, x, y)
                gradients = self._flat.gradients.copy()
        except CaptureError as error:
            watch.restore()
            self._give_up(str(error))
            return self._eager.step(x, y)
        watch.restore()  # the same random numbers for the eager step
        expected = self._eager.step(x, y)
        if (name := watch.changed()) is not None:
            self._tries += 1
            if self._tries == TRIES:
                self._give_up(f"the model changes its attribute {name} while it computes, which a plan would not do")
        elif not np.isfinite(expected) or not np.isfinite(self._flat.gradients).all():
            pass  # nothing to compare with: the next batch will be
        elif (difference := self._difference(loss, gradients, expected)) is not None:
            self._give_up(
                f"on a second pass over the same batch {difference}: the model draws random numbers of its own, or "
                "keeps something from one batch to the next"
            )
        else:
            self._watch, self._plans[len(x)], self.sources[len(x)] = watch, plan, source
            self._flat.gradients[...] = gradients
            return loss
        return expected

    def _captured(self, watch: Watch, x: Array, y: Array) -> tuple[str, Plan]:
        """Source and function of the plan; the model is left as if it had not been run."""
        try:
            writer = capture(self._model, self._loss, self._flat, x, y)
        finally:
            drawn = watch.drawn()
            watch.restore()
        if drawn:
            raise CaptureError("the model draws random numbers of its own, which would be the same in every batch")
        return writer.source, writer.function()

    def _give_up(self, reason: str) -> None:
        self.reason = reason
        self._plans.clear()
        self.sources.clear()

    def _difference(self, loss: float, gradients: Array, expected: float) -> str | None:
        """How the plan differs from the eager step, if by more than rounding."""
        tolerance = TOLERANCE[str(self._flat.dtype)]
        if not np.allclose(loss, expected, tolerance, tolerance):
            return f"the loss is {loss:.6g} instead of {expected:.6g}"
        scale = np.max(np.abs(self._flat.gradients), initial=0)
        worst = np.max(np.abs(gradients - self._flat.gradients), initial=0)
        return None if worst <= tolerance * max(scale, 1e-3) else f"the gradient differs by {worst:.3g}"


def _run(plan: Plan, x: Array, y: Array) -> float:
    """The loss of a plan.

    Raises:
        CaptureError: it cannot be computed so; then the eager step will tell what is wrong, or do it.

    """
    try:
        return float(plan(x, y))
    except Exception as error:
        raise CaptureError(f"the captured plan raises {type(error).__name__}: {error}") from error
