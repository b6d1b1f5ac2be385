"""Optimizers: each is a rule that moves all the parameters of a model, as one vector, against their gradient."""

from dataclasses import replace
from typing import Any

from .adam import Adam
from .adamw import AdamW
from .optimizer import Optimizer
from .rmsprop import RMSProp
from .sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSProp", "optimizer_for"]

OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "adamw": AdamW, "rmsprop": RMSProp, "sgd": SGD}


def optimizer_for(optimizer: str | Optimizer, **changes: Any) -> Optimizer:
    """A new optimizer, not started, for a run of its own.

    Args:
        optimizer: "adam", "adamw", "rmsprop" or "sgd", or an optimizer whose hyperparameters are taken.
        changes: hyperparameters that shall be different; those that are None are left.

    Raises:
        TypeError: `optimizer` is neither, or has no such hyperparameter.
        ValueError: there is no optimizer of this name, or a hyperparameter is out of range.

    >>> optimizer_for("sgd", learning_rate=0.5, weight_decay=None)
    SGD(learning_rate=0.5, momentum=0.0, nesterov=False, weight_decay=0.0)

    """
    changes = {name: value for name, value in changes.items() if value is not None}
    if isinstance(optimizer, Optimizer):
        return replace(optimizer, **changes)
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        raise TypeError(f"{optimizer.__name__} is a class; pass an optimizer, {optimizer.__name__}()")
    if not isinstance(optimizer, str):
        raise TypeError(f"{optimizer!r} is no optimizer; pass one, such as Adam(), or its name")
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"there is no optimizer {optimizer!r}; choose from {', '.join(OPTIMIZERS)}, or pass one")
    return OPTIMIZERS[optimizer](**changes)
