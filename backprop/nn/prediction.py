"""Outputs of a model that is not being trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import no_grad
from ..values import value_of

if TYPE_CHECKING:
    from .module import Array, Module


@contextmanager
def evaluating(model: "Module") -> Iterator[None]:
    """Context in which a model behaves as after training and nothing is recorded; every module then is as it was."""
    modes = [(module, module.training) for _, module in model.named_modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training


def predict(model: "Module", x: Any, batch_size: int) -> "Array":
    """See `Module.predict`."""
    batch_size = index(batch_size)
    if batch_size < 1:
        raise ValueError(f"batch_size is how many examples are computed at a time, at least 1, not {batch_size}")
    x = np.asarray(value_of(x))
    if x.dtype.kind not in "fiub":
        raise TypeError(f"predict takes real numbers, not an array of {x.dtype}; convert it with .astype(float)")
    if x.ndim == 0:
        raise ValueError("predict takes inputs of shape (examples, …), not one number")
    # Indices stay whole numbers; all else is computed in the precision of the parameters.
    dtype = x.dtype if model.table_rows is not None else model.dtype
    outputs: Any = None
    with evaluating(model):
        for start in range(0, max(len(x), 1), batch_size):  # no example at all is a batch too: it has a shape
            batch = np.asarray(x[start : start + batch_size], dtype)
            y = model(batch)
            if y is None or isinstance(y, tuple | list | dict):
                raise TypeError(
                    f"{type(model).__name__}.forward gives {'nothing' if y is None else f'a {type(y).__name__}'}: "
                    "it has to return one tensor, with a row for each example"
                )
            y = np.asarray(value_of(y))
            if y.shape[:1] != batch.shape[:1]:
                raise ValueError(
                    f"the model makes outputs of shape {y.shape} of {len(batch)} examples: "
                    "to predict, it has to give a row for each example"
                )
            if outputs is None:
                outputs = np.empty((len(x), *y.shape[1:]), y.dtype)
            outputs[start : start + batch_size] = y
    return outputs  # type: ignore[no-any-return]
