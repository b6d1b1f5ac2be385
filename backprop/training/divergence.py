"""A training that left the finite numbers: where, by which operation, and what to try."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..check import first_nonfinite
from ..engine import recording

WHAT_TO_TRY = "a smaller learning_rate, clip_norm=1.0, or inputs scaled to about 1"


class DivergenceError(ArithmeticError):
    """The loss, the gradient or the weights became NaN or infinite, and the training was stopped.

    The model keeps the last weights that were finite, and the last checkpoint stays as it is.

    Attributes:
        epoch: in which epoch, counted from 1.
        batch: in which batch of it, counted from 1; None if it was in the validation after the epoch.
        operation: the first operation that made a NaN or an infinity, and from what; None if it was not found.
        history: the `History` of the epochs before.

    """

    def __init__(self, epoch: int, batch: int | None, what: str, operation: str | None, history: Any = None) -> None:
        self.epoch = epoch
        self.batch = batch
        self.operation = operation
        self.history = history
        self._what = what
        where = f"epoch {epoch}, {'validation' if batch is None else f'batch {batch}'}"
        found = operation or "the batch computed once more was finite (other random numbers were drawn)"
        super().__init__(
            f"training diverged in {where}: {what}. First at fault: {found}. The model keeps the last weights that "
            f"were finite; try {WHAT_TO_TRY}"
        )

    def __reduce__(self) -> Any:  # it may come from another process, as in a parallel search
        return type(self), (self.epoch, self.batch, self._what, self.operation, self.history)


def offending_operation(model: Any, compute_loss: Callable[[], Any]) -> str | None:
    """Find the first operation that makes a NaN or an infinity, forwards and then backwards.

    Nothing is changed by looking: the random numbers that dropout draws for it are given back.

    Args:
        model: its parameters are called by their full names in the answer.
        compute_loss: runs the forward pass eagerly, and returns the loss as a tensor.

    Returns:
        A sentence, as `backprop.first_nonfinite` gives it, or None if all numbers are finite.

    """
    with _as_before(model), recording(), np.errstate(all="ignore"):
        return first_nonfinite(compute_loss(), gradients=True)


@contextmanager
def _as_before(model: Any) -> Iterator[None]:
    states = [(generator, generator.bit_generator.state) for _, generator in model.named_generators()]
    parameters = [(name, tensor, tensor.name) for name, tensor in model.named_parameters()]
    for name, tensor, _ in parameters:
        tensor.name = name
    try:
        yield
    finally:
        for _, tensor, short in parameters:
            tensor.name = short
        for generator, state in states:
            generator.bit_generator.state = state
