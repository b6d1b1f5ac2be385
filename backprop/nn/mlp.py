"""The multilayer perceptron."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .activations import ELU, GELU, LeakyReLU, ReLU, Softplus, activation_for
from .arguments import Precision, Seed, between, positive, precision
from .dropout import Dropout
from .initialization import Initialization
from .linear import Linear
from .module import Module
from .sequential import Sequential

_RECTIFIERS = (ReLU, LeakyReLU, ELU, GELU, Softplus)
"""Activations that pass what is positive and hold back what is not, which is what `he_normal` is made for."""


class MLP(Sequential):
    """Linear layers with an activation between them; the outputs are logits, or numbers to fit.

    Args:
        sizes: number of inputs, of units of each hidden layer, and of outputs: at least two numbers.
        activation: of the hidden layers: a name such as "relu" or "tanh", or a module.
        dropout: share of the hidden units that training drops at random; see `Dropout`.
        seed: for `numpy.random.default_rng`: the same seed gives the same weights, and the same drops.
        dtype: precision, float32 or float64.
        initialization: what weights start from. By default `he_normal` with activations of the ReLU family (all
            layers, as in He et al. 2015, where the last one gets rectified inputs too), else `glorot_uniform`.

    Raises:
        ValueError: fewer than two sizes, a size that is not positive, an unknown name, or a dropout of 1 or more.

    >>> model = MLP((2, 16, 2), activation="tanh", seed=0)
    >>> model
    MLP((2, 16, 2), activation='tanh')
    >>> [name for name, _ in model.named_parameters()]
    ['layers.0.weight', 'layers.0.bias', 'layers.2.weight', 'layers.2.bias']
    >>> model(np.zeros((5, 2))).value.shape
    (5, 2)

    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Module | type[Module] = "relu",
        dropout: float = 0.0,
        seed: Seed = None,
        dtype: Precision = "float64",
        initialization: str | Initialization | None = None,
    ) -> None:
        if isinstance(sizes, int | str) or len(sizes) < 2:
            raise ValueError(f"sizes are those of inputs, hidden layers and outputs, such as (2, 16, 2), not {sizes!r}")
        self.sizes = tuple(positive(f"sizes[{i}]", size) for i, size in enumerate(sizes))
        self.dropout = between("dropout", dropout, 0, 1)
        example = activation_for(activation)
        self._activation = repr(activation if isinstance(activation, str) else example)
        if initialization is None:
            initialization = "he_normal" if isinstance(example, _RECTIFIERS) else "glorot_uniform"
        dtype, rng = precision(dtype), np.random.default_rng(seed)
        layers: list[Module] = []
        for inputs, outputs in pairwise(self.sizes):
            if layers:
                layers.append(activation_for(activation))
                if self.dropout:
                    # A generator of its own: the weights are the same with and without dropout.
                    layers.append(Dropout(self.dropout, seed=rng.spawn(1)[0]))
            layers.append(Linear(inputs, outputs, initialization=initialization, dtype=dtype, seed=rng))
        super().__init__(*layers)

    def __repr__(self) -> str:
        dropout = f", dropout={self.dropout:g}" if self.dropout else ""
        return f"MLP({self.sizes}, activation={self._activation}{dropout})"
