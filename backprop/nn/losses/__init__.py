"""Losses: what training makes small. Each is a file; `loss_for` finds one by its name."""

from .binary_cross_entropy import BinaryCrossEntropy
from .cross_entropy import CrossEntropy
from .loss import Loss
from .regression import Huber, MeanSquaredError

__all__ = ["LOSSES", "BinaryCrossEntropy", "CrossEntropy", "Huber", "Loss", "MeanSquaredError", "loss_for"]

LOSSES: dict[str, type[Loss]] = {
    loss.name: loss for loss in (CrossEntropy, BinaryCrossEntropy, MeanSquaredError, Huber)
}
"""The losses by name."""


def loss_for(loss: str | Loss) -> Loss:
    """Return a loss given by its name, or as it is.

    Raises:
        ValueError: no loss has this name.
        TypeError: neither a name nor a loss.

    >>> loss_for("huber")
    Huber(delta=1.0)

    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, type) and issubclass(loss, Loss):
        raise TypeError(f"{loss.__name__} is a class; pass a loss, {loss.__name__}()")
    if not isinstance(loss, str):
        hint = "; for a formula of your own derive a class from Loss, with compute(outputs, prepared)"
        raise TypeError(
            f"a loss is a name, such as 'cross_entropy', or one such as CrossEntropy(), not {loss!r:.80}"
            f"{hint if callable(loss) else ''}"
        )
    if loss not in LOSSES:
        raise ValueError(f"no loss is called {loss!r}; there are {', '.join(LOSSES)}")
    return LOSSES[loss]()
