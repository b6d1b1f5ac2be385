"""Stochastic gradient descent."""

from dataclasses import dataclass

import numpy as np

from ..flat import Vector
from ..hyperparameters import fraction, not_negative
from .optimizer import Optimizer, add_weight_decay


@dataclass(eq=False)
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    With gradient g, learning rate η, momentum μ and weight decay λ::

        g ← g + λ w
        v ← μ v + g
        w ← w − η v              with Nesterov: w ← w − η (g + μ v)

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013),
    equations 1 to 4, in the form of `torch.optim.SGD`, where η multiplies the velocity and not the gradient.

    Args:
        learning_rate: η, at least 0.
        momentum: μ, from 0 to below 1.
        nesterov: look ahead along the velocity; needs momentum.
        weight_decay: λ, at least 0.

    Raises:
        TypeError: a hyperparameter is not a number.
        ValueError: a hyperparameter is out of range, or Nesterov without momentum.

    >>> w, g = np.array([1.0, 2.0]), np.array([10.0, -10.0])
    >>> optimizer = SGD(learning_rate=0.1)
    >>> optimizer.start(w)
    >>> optimizer.update(w, g)
    >>> w
    array([0., 3.])

    """

    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.momentum = fraction("momentum", self.momentum)
        self.weight_decay = not_negative("weight_decay", self.weight_decay)
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov looks ahead along the velocity, and momentum is 0; give momentum=0.9")

    def vectors(self) -> tuple[str, ...]:
        """The velocity, if there is momentum."""
        return ("velocity",) if self.momentum else ()

    def coefficients(self, step: int) -> tuple[float, ...]:
        """Learning rate, momentum, weight decay."""
        return self.learning_rate, self.momentum, self.weight_decay

    def change(
        self, coefficients: tuple[Vector, ...], w: Vector, g: Vector, s: Vector, state: tuple[Vector, ...]
    ) -> None:
        """Two calls of NumPy; two more with momentum, and two more for Nesterov or weight decay."""
        rate, momentum, decay = coefficients
        if self.weight_decay:
            add_weight_decay(decay, w, g, s)
        if state:
            (v,) = state
            np.multiply(v, momentum, v)
            np.add(v, g, v)
            if self.nesterov:
                np.multiply(v, momentum, s)
                np.add(g, s, g)
                np.multiply(g, rate, g)
            else:
                np.multiply(v, rate, g)
        else:
            np.multiply(g, rate, g)
        np.subtract(w, g, w)
