"""RMSProp."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ..flat import Vector
from ..hyperparameters import fraction, not_negative, positive
from .optimizer import Optimizer, add_weight_decay


@dataclass(eq=False)
class RMSProp(Optimizer):
    """Gradient divided by a running root mean square of itself.

    With gradient g, learning rate η, decay α, momentum μ and weight decay λ::

        g ← g + λ w
        q ← α q + (1 − α) g²
        m ← α m + (1 − α) g                  centered only, else m = 0
        v ← μ v + g / (√(q − m²) + ε)
        w ← w − η v

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", COURSERA: Neural networks for machine learning (2012);
    centered: Graves, "Generating sequences with recurrent neural networks" (2013), equations 38 to 45; in the form of
    `torch.optim.RMSprop`. Rounding can make q − m² negative, where gradients hardly vary: it is taken as 0.

    Args:
        learning_rate: η, at least 0.
        decay: α, from 0 to below 1.
        epsilon: ε, above 0: keeps a parameter whose gradients are all 0 from becoming 0/0.
        momentum: μ, from 0 to below 1.
        centered: divide by the standard deviation of the gradient instead.
        weight_decay: λ, at least 0.

    Raises:
        TypeError: a hyperparameter is not a number.
        ValueError: a hyperparameter is out of range.

    >>> w, g = np.array([2.0, 2.0]), np.array([10.0, -0.1])
    >>> optimizer = RMSProp(learning_rate=0.1)
    >>> optimizer.start(w)
    >>> optimizer.update(w, g)
    >>> w.round(4)
    array([1., 3.])

    """

    learning_rate: float = 0.01
    decay: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    centered: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.decay = fraction("decay", self.decay)
        self.epsilon = positive("epsilon", self.epsilon)
        self.momentum = fraction("momentum", self.momentum)
        self.weight_decay = not_negative("weight_decay", self.weight_decay)

    def vectors(self) -> tuple[str, ...]:
        """Decaying sums of squares and of gradients, and the velocity; those that the options need."""
        return ("squares", *(("sums",) if self.centered else ()), *(("velocity",) if self.momentum else ()))

    def decays(self) -> dict[str, float]:
        """α, since the sums are kept without the factor 1 − α."""
        return {"decay": self.decay}

    def coefficients(self, step: int) -> tuple[float, ...]:
        """With q = (1 − α) Q the factor √(1 − α) of the denominator goes into η and ε: one pass less."""
        root = sqrt(1 - self.decay)
        return (
            self.decay,
            self.learning_rate / root,
            self.epsilon / root,
            1 - self.decay,
            self.momentum,
            self.weight_decay,
        )

    def change(
        self, coefficients: tuple[Vector, ...], w: Vector, g: Vector, s: Vector, state: tuple[Vector, ...]
    ) -> None:
        """Eight passes; four more if centered, and two more with momentum or weight decay."""
        decay, rate, epsilon, complement, momentum, weight_decay = coefficients
        squares = state[0]
        if self.weight_decay:
            add_weight_decay(weight_decay, w, g, s)
        np.multiply(g, g, s)
        np.multiply(squares, decay, squares)
        np.add(squares, s, squares)
        if self.centered:
            sums = state[1]
            np.multiply(sums, decay, sums)
            np.add(sums, g, sums)
            np.multiply(sums, sums, s)
            np.multiply(s, complement, s)
            np.subtract(squares, s, s)
            np.maximum(s, 0, out=s)
            np.sqrt(s, s)
        else:
            np.sqrt(squares, s)
        np.add(s, epsilon, s)
        np.divide(g, s, s)
        if self.momentum:
            velocity = state[-1]
            np.multiply(velocity, momentum, velocity)
            np.add(velocity, s, velocity)
            np.multiply(velocity, rate, s)
        else:
            np.multiply(s, rate, s)
        np.subtract(w, s, w)
