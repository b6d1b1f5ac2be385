"""A step that captures a plan for every batch shape, checks it once against the eager step, and then only calls it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..eager import EagerStep
from ..flat import FlatParameters
from ..steps import Array
from .capture import capture
from .symbols import CaptureError

TOLERANCE = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-8}
"""How far a plan may be from the eager step, relative to the largest entry: rounding, but no other mask or formula."""


class PlannedStep:
    """Computes loss and gradient by captured plans, one for each size of a batch; eagerly where it cannot.

    It is made for one training: all the batches are rows of the same arrays, and the model stays in its mode.

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
        self._plans: dict[int, Callable[[Array, Array], Any]] = {}
        self.reason: str | None = None
        self.sources: dict[int, str] = {}

    def step(self, x: Array, y: Array) -> float:
        """See `Step`."""
        plan = self._plans.get(len(x))
        if plan is None:
            return self._first(x, y)
        loss = float(plan(x, y))
        return loss if loss == loss else self._eager.step(x, y)  # NaN may be 0 · ∞, which operations look into

    def _first(self, x: Array, y: Array) -> float:
        """Capture the plan for batches of this shape, and compare what it gives with the eager step."""
        if self.reason is not None:
            return self._eager.step(x, y)
        rewind = self._rewinding()
        try:
            with np.errstate(all="ignore"):
                writer = capture(self._model, self._loss, self._flat, x, y)
            plan = writer.function()
            loss = self._compared(plan, rewind, x, y)
        except CaptureError as error:
            self.reason = str(error)
            self._plans.clear()
            rewind()
            return self._eager.step(x, y)
        self.sources[len(x)] = writer.source
        self._plans[len(x)] = plan
        return loss

    def _rewinding(self) -> Callable[[], None]:
        """What puts the model's random generators back to where they are now."""
        generators = [generator.bit_generator for _, generator in self._model.named_generators()]
        states = [generator.state for generator in generators]

        def rewind() -> None:
            for generator, state in zip(generators, states, strict=True):
                generator.state = state

        return rewind

    def _compared(self, plan: Callable[[Array, Array], Any], rewind: Callable[[], None], x: Array, y: Array) -> float:
        """Run the plan and the eager step on a batch, with the same random numbers; the loss that both give.

        Raises:
            CaptureError: they differ by more than rounding.

        """
        rewind()
        loss, gradients = float(plan(x, y)), self._flat.gradients.copy()
        rewind()
        expected = self._eager.step(x, y)
        if not np.isfinite(expected) or not np.isfinite(self._flat.gradients).all():
            return expected
        tolerance = TOLERANCE[str(self._flat.dtype)]
        if not np.allclose(loss, expected, tolerance, tolerance):
            raise CaptureError(
                f"on a second pass over the same batch the model gives the loss {loss:.6g} instead of {expected:.6g}: "
                "it draws random numbers of its own, or keeps something from one batch to the next"
            )
        scale = np.max(np.abs(self._flat.gradients), initial=0)
        worst = np.max(np.abs(gradients - self._flat.gradients), initial=0)
        if not worst <= tolerance * max(scale, 1e-3):
            raise CaptureError(
                f"on a second pass over the same batch the gradient differs by {worst:.3g}: "
                "the model draws random numbers of its own, or keeps something from one batch to the next"
            )
        self._flat.gradients[...] = gradients
        return loss
