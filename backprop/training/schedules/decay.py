"""Learning rates that fall by a factor."""

from dataclasses import dataclass

from ..hyperparameters import positive, whole
from .schedule import Schedule


@dataclass(eq=False)
class StepDecay(Schedule):
    """Multiply the rate by a factor every so often: base · factor^⌊step / every⌋.

    As `torch.optim.lr_scheduler.StepLR`.

    Args:
        every: epochs (or steps) between two changes, at least 1.
        factor: above 0.
        per: see `Schedule`.

    >>> [StepDecay(every=2, factor=0.5).rate(epoch, 5, base=0.8) for epoch in range(5)]
    [0.8, 0.8, 0.4, 0.4, 0.2]

    """

    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.every = whole("every", self.every, least=1)
        self.factor = positive("factor", self.factor)

    def rate(self, step: int, steps: int, base: float) -> float:
        """`base` · factor^⌊step / every⌋."""
        return base * self.factor ** (step // self.every)


@dataclass(eq=False)
class ExponentialDecay(Schedule):
    """Multiply the rate by a factor after each epoch (or step): base · factor^step.

    As `torch.optim.lr_scheduler.ExponentialLR`.

    Args:
        factor: above 0.
        per: see `Schedule`.

    >>> ExponentialDecay(factor=0.5).rate(3, 10, base=0.8)
    0.1

    """

    factor: float

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = positive("factor", self.factor)

    def rate(self, step: int, steps: int, base: float) -> float:
        """`base` · factor^step."""
        return base * self.factor**step
