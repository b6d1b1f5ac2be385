"""A learning rate that begins low."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..hyperparameters import number, whole
from .schedule import ConstantRate, Schedule


@dataclass(eq=False)
class LinearWarmup(Schedule):
    """Raise the rate in equal steps to `base`; another schedule follows.

    For step < length the rate is base · (start + (1 − start) · step / length). As `torch.optim.lr_scheduler.LinearLR`,
    followed by another one in `SequentialLR`. Source: Goyal et al., "Accurate, large minibatch SGD: training ImageNet
    in 1 hour" (2017), section 2.2.

    Args:
        length: epochs (or steps) of the warm-up, at least 1.
        start: fraction of the rate to begin with, from 0 to 1; 1 / (length + 1) if None, so that all increases
            are equal, the first from 0 too.
        then: the schedule that follows, whose step 0 is `length`; it counts what this one counts.
        per: see `Schedule`.

    >>> [LinearWarmup(length=4, start=0.0).rate(epoch, 10, base=1.0) for epoch in range(6)]
    [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]

    """

    length: int
    start: float | None = None
    then: Schedule = field(default_factory=ConstantRate)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.length = whole("length", self.length, least=1)
        if self.start is not None and not 0 <= number("start", self.start) <= 1:
            raise ValueError(f"start is {self.start}; it must be from 0 to 1")
        if not isinstance(self.then, Schedule):
            raise TypeError(f"then is {self.then!r}; it must be a schedule, such as CosineDecay()")

    def rate(self, step: int, steps: int, base: float) -> float:
        """See above."""
        if step >= self.length:
            return self.then.rate(step - self.length, max(steps - self.length, 1), base)
        start = 1 / (self.length + 1) if self.start is None else self.start
        return base * (start + (1 - start) * step / self.length)

    def tell(self, loss: float) -> None:
        """Handed on to the schedule that follows."""
        self.then.tell(loss)

    def state_dict(self) -> dict[str, Any]:
        """The state of the schedule that follows."""
        return self.then.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Handed on to the schedule that follows."""
        self.then.load_state_dict(state)
