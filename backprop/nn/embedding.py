"""A table of vectors, looked up by number."""

from typing import Any

import numpy as np

from ..operations import lookup
from ..tensor import Tensor
from .arguments import Precision, Seed, positive, precision
from .initialization import Initialization, initialize
from .module import Module


class Embedding(Module):
    """A vector to be learned for each of `count` things, such as words: y = weight[x].

    Args:
        count: number of things; inputs are whole numbers from 0 to count - 1.
        size: length of the vectors.
        initialization: what the table starts from.
        dtype: precision of the parameters.
        seed: for `numpy.random.default_rng`; a generator is used as it is.

    Attributes:
        weight: the table, shape (count, size).

    >>> Embedding(10, 3, seed=0)(np.array([[1, 2], [2, 1]])).value.shape
    (2, 2, 3)

    """

    def __init__(
        self,
        count: int,
        size: int,
        *,
        initialization: str | Initialization = "standard_normal",
        dtype: Precision = "float64",
        seed: Seed = None,
    ) -> None:
        self.count, self.size = positive("count", count), positive("size", size)
        rng = np.random.default_rng(seed)
        self.weight = Tensor(initialize(initialization, (self.count, self.size), rng, precision(dtype)))

    @property
    def table_rows(self) -> int:
        """`count`: its inputs are indices."""
        return self.count

    def forward(self, x: Any) -> Any:
        """Whole numbers of shape (…) to vectors of shape (…, size).

        Raises:
            TypeError: x is not made of whole numbers.
            IndexError: a number is no row of the table.

        """
        return lookup(self.weight, x)

    def __repr__(self) -> str:
        return f"Embedding({self.count}, {self.size})"
