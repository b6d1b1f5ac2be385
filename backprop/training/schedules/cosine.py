"""Learning rates that follow a half wave of the cosine."""

from dataclasses import dataclass
from math import cos, pi

from ..hyperparameters import fraction, not_negative, positive, whole
from .schedule import Per, Schedule
from .warmup import LinearWarmup


@dataclass(eq=False)
class CosineDecay(Schedule):
    """Let the rate fall slowly, then fast, then slowly, to a minimum at the end of the training.

    minimum + (base − minimum) · (1 + cos(π · step / steps)) / 2, as `torch.optim.lr_scheduler.CosineAnnealingLR` with
    T_max = steps. Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017),
    equation 5.

    Args:
        minimum: rate at the end, at least 0.
        warmup: epochs (or steps) before, in which the rate rises as in `LinearWarmup`.
        per: see `Schedule`.

    >>> [round(CosineDecay().rate(epoch, 4, base=0.2), 3) for epoch in range(5)]
    [0.2, 0.171, 0.1, 0.029, 0.0]

    """

    minimum: float = 0.0
    warmup: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.minimum = not_negative("minimum", self.minimum)
        self.warmup = whole("warmup", self.warmup)

    def rate(self, step: int, steps: int, base: float) -> float:
        """See above; after the end, the minimum."""
        if self.warmup:
            return LinearWarmup(self.warmup, then=CosineDecay(self.minimum)).rate(step, steps, base)
        return _between(base, self.minimum, min(step / steps, 1))


@dataclass(eq=False)
class OneCycle(Schedule):
    """Let the rate rise to `base`, then fall far below where it began: one wave over the whole training.

    As `torch.optim.lr_scheduler.OneCycleLR` with max_lr = base, total_steps = steps and cycle_momentum=False. Source:
    Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2018),
    with a cosine instead of straight lines.

    Args:
        rise: fraction of the training in which the rate rises, from 0 to below 1.
        division: the first rate is base / division; above 0.
        final_division: the last rate is base / division / final_division; above 0.
        per: see `Schedule`; here "step" unless chosen otherwise.

    >>> [round(OneCycle(rise=0.5).rate(step, 6, base=0.25), 3) for step in range(6)]
    [0.01, 0.13, 0.25, 0.188, 0.063, 0.0]

    """

    rise: float = 0.3
    division: float = 25.0
    final_division: float = 1e4
    per: Per = "step"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rise = fraction("rise", self.rise)
        self.division = positive("division", self.division)
        self.final_division = positive("final_division", self.final_division)

    def rate(self, step: int, steps: int, base: float) -> float:
        """See above; after the end, the last rate."""
        first = base / self.division
        peak, end = self.rise * steps - 1, steps - 1
        if step <= peak:
            return _between(first, base, step / peak if peak else 1)
        return _between(base, first / self.final_division, min((step - peak) / (end - peak), 1))


def _between(start: float, end: float, fraction: float) -> float:
    """From start to end along half a wave."""
    return end + (start - end) * (1 + cos(pi * fraction)) / 2
