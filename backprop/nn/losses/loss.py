"""What a loss is.

It works in two steps. `prepare` checks the targets, once for all of training, and turns them into the arrays that
`compute` wants; `compute` only builds operations, so that it can run in every step, and be captured in a plan.
Both are one call for whoever has no training loop: `loss(outputs, targets)`.
"""

from typing import Any, ClassVar

import numpy as np

from ..arguments import Precision
from .targets import Array, Shape, as_entries


class Loss:
    """A mean over examples, to be made small. Subclasses give `prepare` and `compute`."""

    name: ClassVar[str]
    """What `loss_for` and `fit` call it."""

    def prepare(self, targets: Any, output_shape: Shape, dtype: Precision) -> Array:
        """Check targets and convert them for `compute`.

        Args:
            targets: what the model should give, one for each example.
            output_shape: shape of the model's outputs for these examples; the first axis counts them.
            dtype: precision of the model.

        Returns:
            A read-only array whose first axis counts examples: rows of it are prepared targets too.

        Raises:
            TargetError: the targets cannot be used; the message says which row, why, and what to do.

        """
        return as_entries(targets, output_shape, dtype)

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """Mean loss of outputs, recorded if they are tensors. Nothing is checked.

        Args:
            outputs: what the model gave, a tensor or an array.
            prepared: rows of what `prepare` gave.

        """
        raise NotImplementedError

    def weight(self, prepared: Array) -> float:
        """What the mean is divided by: the mean of two sets is the mean of their losses with these weights."""
        return float(prepared.size)

    def __call__(self, outputs: Any, targets: Any) -> Any:
        """Mean loss of outputs for targets that are checked first.

        Raises:
            TargetError: see `prepare`.

        """
        dtype = getattr(outputs, "dtype", np.dtype(float))
        return self.compute(outputs, self.prepare(targets, np.shape(outputs), dtype))
