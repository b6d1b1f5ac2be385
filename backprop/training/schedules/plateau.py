"""A learning rate that falls when the loss does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from ..hyperparameters import not_negative, number, positive, whole
from .schedule import Schedule


@dataclass(eq=False)
class ReduceOnPlateau(Schedule):
    """Multiply the rate by a factor when the loss has not improved for more than `patience` epochs.

    As `torch.optim.lr_scheduler.ReduceLROnPlateau` with eps=0, for losses above 0. It has a state: two trainings do
    not share one.

    Args:
        patience: epochs without improvement that are borne, at least 0.
        factor: above 0 and below 1.
        minimum: the rate does not fall below it, at least 0.
        threshold: an improvement is a loss below best − threshold · |best|, at least 0.
        cooldown: epochs after a reduction that are not counted, at least 0.

    >>> schedule = ReduceOnPlateau(patience=1, factor=0.5)
    >>> for loss in [1.0, 0.9, 0.9, 0.9]:
    ...     schedule.tell(loss)
    >>> schedule.rate(4, 10, base=0.8)
    0.4

    """

    patience: int = 10
    factor: float = 0.1
    minimum: float = 0.0
    threshold: float = 1e-4
    cooldown: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.per != "epoch":
            raise ValueError("ReduceOnPlateau waits for the loss of an epoch: per must be 'epoch'")
        self.patience = whole("patience", self.patience)
        if positive("factor", self.factor) >= 1:
            raise ValueError(f"factor is {self.factor}; it must be below 1, for the rate to fall")
        self.factor = float(self.factor)
        self.minimum = not_negative("minimum", self.minimum)
        self.threshold = not_negative("threshold", self.threshold)
        self.cooldown = whole("cooldown", self.cooldown)
        self._best = inf
        self._waited = self._cooling = self._reductions = 0

    def rate(self, step: int, steps: int, base: float) -> float:
        """`base` · factor for each reduction so far; not below the minimum, unless `base` is."""
        return max(base * self.factor**self._reductions, min(self.minimum, base))

    def tell(self, loss: float) -> None:
        """Count an epoch. A loss that is NaN is no improvement."""
        if loss < self._best - (self.threshold * abs(self._best) if self._best < inf else 0):
            self._best, self._waited = float(loss), 0
        else:
            self._waited += 1
        if self._cooling:
            self._cooling, self._waited = self._cooling - 1, 0
        if self._waited > self.patience:
            self._reductions, self._cooling, self._waited = self._reductions + 1, self.cooldown, 0

    def state_dict(self) -> dict[str, Any]:
        """`best` loss (None before the first), `waited` and `cooling` epochs, and `reductions` so far."""
        return {
            "best": None if self._best == inf else self._best,
            "waited": self._waited,
            "cooling": self._cooling,
            "reductions": self._reductions,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, all or nothing.

        Raises:
            TypeError: an entry is not a number.
            StateError: the state is of another schedule.
            ValueError: a count is negative.

        """
        super().load_state_dict(state)
        best = inf if state["best"] is None else number("best", state["best"])
        waited, cooling, reductions = (whole(name, state[name]) for name in ("waited", "cooling", "reductions"))
        self._best, self._waited, self._cooling, self._reductions = best, waited, cooling, reductions
