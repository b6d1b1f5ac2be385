"""Adam with decoupled weight decay."""

from dataclasses import dataclass

import numpy as np

from ..flat import Vector
from .adam import Adam


@dataclass(eq=False)
class AdamW(Adam):
    """Adam whose weight decay acts on the parameters and not through the gradient, so Adam does not rescale it.

    With learning rate η and weight decay λ::

        w ← (1 − η λ) w, then a step of Adam without weight decay

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2, in the form of
    `torch.optim.AdamW`, where λ is multiplied by the learning rate of the step.

    Args:
        learning_rate: η, at least 0.
        betas: as in `Adam`.
        epsilon: as in `Adam`.
        weight_decay: λ, at least 0.
        amsgrad: as in `Adam`.

    Raises:
        TypeError: a hyperparameter is not a number, or `betas` is not two.
        ValueError: a hyperparameter is out of range.

    >>> w, g = np.array([1.0, 2.0]), np.array([0.0, 0.0])
    >>> optimizer = AdamW(learning_rate=0.1, weight_decay=0.5)
    >>> optimizer.start(w)
    >>> optimizer.update(w, g)
    >>> w
    array([0.95, 1.9 ])

    """

    weight_decay: float = 0.01

    def coefficients(self, step: int) -> tuple[float, ...]:
        """Those of Adam, with 1 − η λ for the weight decay."""
        *others, weight_decay = super().coefficients(step)
        return *others, 1 - self.learning_rate * weight_decay

    @staticmethod
    def regularize(kept: Vector, w: Vector, g: Vector, s: Vector) -> None:  # noqa: ARG004 (as in Adam)
        """Shrink the parameters."""
        np.multiply(w, kept, w)
