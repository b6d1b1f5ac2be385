"""What all schedules of the learning rate share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from ...nn.errors import StateError
from ..hyperparameters import called_with

Per = Literal["epoch", "step"]


@dataclass(eq=False)
class Schedule:
    """A learning rate that changes during the training. Subclasses give `rate`.

    A subclass is a dataclass: its fields are its options.

    Args:
        per: what is counted, "epoch" or "step" (one batch). The rate is set when the next one begins, and lengths
            such as `every` or `warmup` are in this unit.

    Raises:
        TypeError: an option is not a number.
        ValueError: an option is out of its range, NaN or infinite.

    """

    per: Per = field(default="epoch", kw_only=True)

    def __post_init__(self) -> None:
        if self.per not in ("epoch", "step"):
            raise ValueError(f'per is {self.per!r}; it must be "epoch" or "step"')

    def rate(self, step: int, steps: int, base: float) -> float:
        """The learning rate of one epoch or step.

        Args:
            step: which one, counted from 0.
            steps: how many the whole training has, at least 1.
            base: the learning rate that the optimizer was made with.

        """
        raise NotImplementedError

    def tell(self, loss: float) -> None:
        """Hear the validation loss of an epoch (or its loss, without validation). Most schedules need not know it."""

    def state_dict(self) -> dict[str, Any]:
        """What was learned from `tell`, as numbers and None by name; empty for most schedules."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, all or nothing.

        Raises:
            StateError: the state is of another schedule.

        """
        own = self.state_dict()
        if state.keys() != own.keys():
            has, needs = (", ".join(names) or "nothing" for names in (state, own))
            raise StateError(
                f"this is not a state of {self!r}: it has {has}, and needs {needs}. "
                "Continue with the schedule that the training began with"
            )


@dataclass(eq=False)
class ConstantRate(Schedule):
    """The rate stays as it is.

    >>> ConstantRate().rate(70, 100, base=0.1)
    0.1

    """

    def rate(self, step: int, steps: int, base: float) -> float:
        """`base`."""
        return base


@dataclass(eq=False)
class CustomRate(Schedule):
    """The rate that a function gives.

    Args:
        function: called with `step`, `steps` and `base`, see `Schedule.rate`.
        per: see `Schedule`.

    >>> CustomRate(lambda step, steps, base: base / (1 + step)).rate(3, 10, base=0.1)
    0.025

    """

    function: Callable[[int, int, float], float]

    def __post_init__(self) -> None:
        super().__post_init__()
        called_with("the schedule's function", self.function, "step", "steps", "base")

    def rate(self, step: int, steps: int, base: float) -> float:
        """What the function gives; a TypeError or ValueError if that is no learning rate."""
        given = self.function(step, steps, base)
        try:
            rate = float(given)
        except (TypeError, ValueError):
            raise TypeError(
                f"the schedule's function gave {given!r:.80} for {self.per} {step} of {steps}; a rate is a number"
            ) from None
        if not (isfinite(rate) and rate >= 0):
            raise ValueError(
                f"the schedule's function gave {rate} for {self.per} {step} of {steps}; a rate is at least 0"
            )
        return rate
