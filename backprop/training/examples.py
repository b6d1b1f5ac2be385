"""From the data that a user gives to the examples that are trained on and those that are held out, all checked."""

from numbers import Real
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..nn import Loss, Module
from ..nn.prediction import evaluating
from ..tensor import Tensor
from .data import split
from .evaluation import Examples
from .inputs import DataError, as_pair, prepare_inputs


def prepare_examples(
    model: Module, loss: Loss, data: Any, validation: Any, seed: int
) -> tuple[Examples, Examples | None]:
    """Check and convert data and validation data.

    Args:
        model: says the precision, whether inputs are indices, and the shape of its outputs.
        loss: checks and prepares the targets.
        data: (x, y).
        validation: (x, y); or a fraction of the data, with its share of each class if the targets are labels.
        seed: chooses that fraction.

    Returns:
        Examples to train on, and to validate with.

    Raises:
        DataError: see `prepare_inputs`; or inputs of a shape that the model cannot take.
        TypeError: the model or the loss gives something else than a tensor.
        ValueError: what the loss says of the targets.

    """
    x, y = as_pair(data)
    examples = _prepared(model, loss, x, y, "x")
    _check_tensors(model, loss, examples)
    if validation is None:
        return examples, None
    if isinstance(validation, Real):
        return _split(examples, float(validation), seed)
    try:
        x, y = as_pair(validation, "validation")
    except DataError:
        if not isinstance(validation, tuple | list):
            raise DataError(
                f"validation is a {type(validation).__name__}; give (x, y), or a fraction of the data, such as 0.2"
            ) from None
        raise
    held_out = _prepared(model, loss, x, y, "x of validation")
    if held_out.x.shape[1:] != examples.x.shape[1:]:
        raise DataError(
            f"validation has examples of shape {held_out.x.shape[1:]}, and data of shape {examples.x.shape[1:]}"
        )
    return examples, held_out


def _prepared(model: Module, loss: Loss, x: Any, y: Any, name: str) -> Examples:
    x = prepare_inputs(x, model.dtype, table_rows=model.table_rows, name=name)
    try:
        with np.errstate(all="ignore"):
            shape = model.predict(x[:1]).shape[1:]
    except ShapeError as error:
        raise DataError(f"the model cannot take {name}, with examples of shape {x.shape[1:]}: {error}") from error
    try:
        prepared = loss.prepare(y, (len(x), *shape), model.dtype)
    except ValueError as error:
        if name == "x":
            raise
        raise DataError(f"targets of validation: {error}") from error
    return Examples(x, np.asarray(y), prepared)


def _check_tensors(model: Module, loss: Loss, examples: Examples) -> None:
    """Refuse a model or a loss of the user's whose result is no tensor: no gradient would flow back from it."""
    with evaluating(model), np.errstate(all="ignore"):
        outputs = model(examples.x[:1])
        if not isinstance(outputs, Tensor):
            if model.parameters():  # without any there is something else to say
                raise TypeError(
                    f"{type(model).__name__}.forward gives {type(outputs).__name__}, which is no tensor, and no "
                    "gradient flows back from it: compute with the tensors themselves, without .value"
                )
            return
        try:
            result = loss.compute(outputs, examples.prepared[:1])
        except Exception:  # one example may be too few for it; else the first step says what is wrong
            return
    if not isinstance(result, Tensor):
        raise TypeError(
            f"{type(loss).__name__}.compute gives {type(result).__name__}, which is no tensor, and no gradient flows "
            "back from it: compute with the outputs themselves, without .value or float()"
        )


def _split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    labels = examples.y.ndim == 1 and examples.y.dtype.kind in "iub"
    rows = np.arange(len(examples.x))
    (chosen, _), (held_out, _) = split(rows, examples.y if labels else rows, fraction, seed, stratify=labels)
    return _rows(examples, chosen), _rows(examples, held_out)


def _rows(examples: Examples, rows: Any) -> Examples:
    return Examples(examples.x[rows], examples.y[rows], examples.prepared[rows])
