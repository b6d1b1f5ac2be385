"""Losses of numbers that are fitted."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ...operations import huber, mean_squared_error
from .loss import Loss


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """Mean of (output - target)² over all entries.

    >>> import numpy as np
    >>> float(MeanSquaredError()(np.array([1.0, 3.0]), [0, 0]))
    5.0

    """

    name = "mean_squared_error"

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """See `Loss.compute`."""
        return mean_squared_error(outputs, prepared)


@dataclass(frozen=True)
class Huber(Loss):
    """Mean of e²/2 where |e| = |output - target| ≤ delta, and of delta (|e| - delta/2) elsewhere.

    P. J. Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964), section 4.

    Args:
        delta: error from which on the loss grows in a straight line, so that outliers pull less; positive.

    >>> import numpy as np
    >>> float(Huber()(np.array([0.5, 3.0]), [0, 0]))
    1.3125

    """

    delta: float = 1.0

    name = "huber"

    def __post_init__(self) -> None:
        if not 0 < self.delta < inf:
            raise ValueError(f"delta is the error from which on the loss is linear: positive, not {self.delta!r}")

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """See `Loss.compute`."""
        return huber(outputs, prepared, self.delta)
