"""Examples of any shape as rows."""

from math import prod
from typing import Any

import numpy as np

from ..operations import reshape
from .module import Module


class Flatten(Module):
    """Examples of any shape to vectors: (batch, a, b, …) to (batch, a·b·…).

    >>> Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)

    """

    def forward(self, x: Any) -> Any:
        """Keep the first axis, and put all others into one."""
        count, *rest = np.shape(x)
        return reshape(x, (count, prod(rest)))
