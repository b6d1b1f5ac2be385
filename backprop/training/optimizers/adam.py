"""Adam."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ..flat import Vector
from ..hyperparameters import fraction, not_negative, positive
from .optimizer import Optimizer, add_weight_decay


@dataclass(eq=False)
class Adam(Optimizer):
    """Mean of the gradient divided by its root mean square, both of them running and corrected for their start.

    With gradient g in step t, learning rate η, decays β₁ and β₂ and weight decay λ::

        g ← g + λ w
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²               AMSGrad: v below is the largest v so far
        w ← w − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1; AMSGrad: Reddi et al.,
    "On the convergence of Adam and beyond" (2018), algorithm 2; in the form of `torch.optim.Adam`.

    Args:
        learning_rate: η, at least 0.
        betas: β₁ and β₂, each from 0 to below 1.
        epsilon: ε, above 0: keeps a parameter whose gradients are all 0 from becoming 0/0.
        weight_decay: λ, at least 0; added to the gradient (L2 regularization). See `AdamW`.
        amsgrad: divide by the largest root mean square so far.

    Raises:
        TypeError: a hyperparameter is not a number, or `betas` is not two.
        ValueError: a hyperparameter is out of range.

    >>> w, g = np.array([1.0, 2.0]), np.array([10.0, -0.1])
    >>> optimizer = Adam(learning_rate=0.1)
    >>> optimizer.start(w)
    >>> optimizer.update(w, g)
    >>> w.round(4)
    array([0.9, 2.1])

    """

    learning_rate: float = 0.001
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    amsgrad: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise TypeError(f"betas is {self.betas!r}; it must be two numbers, such as (0.9, 0.999)")
        self.betas = fraction("betas[0]", self.betas[0]), fraction("betas[1]", self.betas[1])
        self.epsilon = positive("epsilon", self.epsilon)
        self.weight_decay = not_negative("weight_decay", self.weight_decay)

    def vectors(self) -> tuple[str, ...]:
        """Decaying sums of gradients and of squares, and the largest of the latter if the options need it."""
        return ("sums", "squares", *(("largest",) if self.amsgrad else ()))

    def decays(self) -> dict[str, float]:
        """β₁ and β₂, since the sums are kept without the factors 1 − β₁ and 1 − β₂."""
        return {"beta1": self.betas[0], "beta2": self.betas[1]}

    def coefficients(self, step: int) -> tuple[float, ...]:
        """With m = (1 − β₁) M and v = (1 − β₂) V all factors but one go into η and ε: four passes less."""
        beta1, beta2 = self.betas
        root = sqrt((1 - beta2) / (1 - beta2**step))
        rate = self.learning_rate * (1 - beta1) / (1 - beta1**step) / root
        return beta1, beta2, rate, self.epsilon / root, self.weight_decay

    def change(
        self, coefficients: tuple[Vector, ...], w: Vector, g: Vector, s: Vector, state: tuple[Vector, ...]
    ) -> None:
        """Ten passes; one more for AMSGrad, two more for weight decay."""
        beta1, beta2, rate, epsilon, decay = coefficients
        sums, squares = state[0], state[1]
        if self.weight_decay:
            self.regularize(decay, w, g, s)
        np.multiply(sums, beta1, sums)
        np.add(sums, g, sums)
        np.multiply(g, g, g)
        np.multiply(squares, beta2, squares)
        np.add(squares, g, squares)
        if self.amsgrad:
            squares = np.maximum(squares, state[2], out=state[2])
        np.sqrt(squares, s)
        np.add(s, epsilon, s)
        np.divide(sums, s, s)
        np.multiply(s, rate, s)
        np.subtract(w, s, w)

    regularize = staticmethod(add_weight_decay)
