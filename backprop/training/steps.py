"""What computes the loss of a batch and its gradient: eagerly, by a captured plan, or in other processes."""

from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Step(Protocol):
    """Computes the loss of one batch, and leaves its gradient in the flat vector it was made with."""

    def step(self, x: Array, y: Array) -> float:
        """Mean loss of the batch; its gradient replaces what is in `gradients` of the flat parameters.

        Args:
            x: inputs, shape (batch, …).
            y: targets, prepared by the loss.

        """
        ...
