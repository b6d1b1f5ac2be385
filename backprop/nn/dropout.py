"""Dropout: units that are left out at random while training, so that none relies on another."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..operations.operation import Operation, Value
from .arguments import Generator, Seed, between
from .module import Module


@dataclass(eq=False, repr=False)
class KeepMask(Operation, registered=False):
    """A new random mask in the shape and precision of x at each call: 1 / (1 - rate) with probability 1 - rate, else 0.

    It is an operation, and not an array, so that a captured plan draws a new mask in every step. Its values do not
    depend on those of x: no gradient flows through it.
    """

    # Not the `slots=True` of dataclasses, which makes a second class, and that one would be registered.
    __slots__ = ("generator", "rate")

    rate: float
    generator: Generator

    name, symbol = "keep_mask", "mask"
    latex = r"\operatorname{mask}(<x>)"
    domain = "any array; the result is random, and has no derivative"

    def forward(self, x: Value) -> Value:
        """Draw a mask for x, an array or a number."""
        x = np.asarray(x)
        # In single precision whatever the model's is: twice as fast, and the same units are dropped.
        kept = self.generator.random(x.shape, np.float32) >= self.rate
        return kept * x.dtype.type(1 / (1 - self.rate))


class Dropout(Module):
    """In training every number is 0 with probability `rate`, else divided by 1 - rate; later nothing is changed.

    The division keeps the mean ("inverted dropout"), so that nothing has to be scaled after training. N. Srivastava
    et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15 (2014), sections 4 and 10.

    Args:
        rate: probability of being dropped, 0 ≤ rate < 1.
        seed: for `numpy.random.default_rng`; a generator is used as it is.

    Raises:
        ValueError: a rate outside [0, 1).

    >>> layer = Dropout(0.5, seed=0)
    >>> sorted(set(layer(np.ones(100)).tolist()))
    [0.0, 2.0]
    >>> bool(np.all(layer.eval()(np.ones(100)) == 1))
    True

    """

    keeps_shape = True

    def __init__(self, rate: float = 0.5, seed: Seed = None) -> None:
        self.rate = between("rate", rate, 0, 1)
        self.generator = np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        """Drop, if in training."""
        if not self.training or self.rate == 0:
            return x
        return x * KeepMask(self.rate, self.generator)(x)

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
