"""Cross-entropy of yes or no, from logits."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...operations import softplus, sum_
from ...operations.losses import BinaryCrossEntropy as Operation
from ..arguments import Precision
from .loss import Loss
from .options import checked_smoothing, checked_weights
from .targets import Array, Shape, as_entries, read_only, refuse


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """Binary cross-entropy from logits: the mean of -[t ln σ(x) + (1 - t) ln(1 - σ(x))] over all entries.

    The same as `CrossEntropy` with the logits 0 and x of two classes: also with label smoothing ε,
    t = (1 - ε) · target + ε / 2, and with class weights (w₀, w₁), where the mean is divided by the sum of the
    weights of the targets, w₁ · target + w₀ · (1 - target).

    Args:
        label_smoothing: ε, 0 ≤ ε < 1.
        class_weights: positive weights of "no" and "yes".

    >>> round(float(BinaryCrossEntropy()(np.zeros(2), [0, 1])), 6)
    0.693147

    """

    label_smoothing: float = 0.0
    class_weights: tuple[float, float] | None = None

    name = "binary_cross_entropy"

    def __post_init__(self) -> None:
        checked_smoothing(self.label_smoothing)
        if self.class_weights is not None:
            weights = checked_weights(self.class_weights)
            if len(weights) != 2:
                raise ValueError(f"class_weights of no and yes are two numbers, not {len(weights)}")
            object.__setattr__(self, "class_weights", weights)

    def prepare(self, targets: Any, output_shape: Shape, dtype: Precision) -> Array:
        """Probabilities of "yes" in the shape of the outputs, smoothed; with class weights they are smoothed later.

        See `Loss.prepare`.
        """
        array = as_entries(targets, output_shape, dtype)
        refuse((array < 0) | (array > 1), array, "is neither a label, 0 or 1, nor a probability")
        return read_only(array if self.class_weights else self._smooth(array))

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """See `Loss.compute`."""
        if self.class_weights is None:
            return Operation()(outputs, prepared)
        no, yes = self.class_weights
        smooth = self._smooth(prepared)
        loss = sum_(softplus(-outputs) * (smooth * yes) + softplus(outputs) * ((1 - smooth) * no))
        return loss / sum_(prepared * (yes - no) + no)

    def weight(self, prepared: Array) -> float:
        """Number of entries, or the sum of the weights of the targets."""
        if self.class_weights is None:
            return float(prepared.size)
        no, yes = self.class_weights
        return float(np.sum(prepared * (yes - no) + no, dtype=float))

    def _smooth(self, targets: Any) -> Any:
        return targets * (1 - self.label_smoothing) + self.label_smoothing / 2 if self.label_smoothing else targets
