"""Targets, checked once before training: each thing that can be wrong with them has a message of its own."""

from typing import Any, TypeAlias

import numpy as np

from ..errors import TargetError

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Shape: TypeAlias = tuple[int, ...]


def as_numbers(targets: Any, output_shape: Shape) -> Array:
    """Targets as an array of real numbers, one row for each example.

    Args:
        targets: what the user gave.
        output_shape: shape of the outputs that the targets belong to; the first axis counts examples.

    Raises:
        TargetError: none given, none in it, no numbers, or another number of examples.

    """
    if targets is None:
        raise TargetError("there are no targets: give one for each example")
    if hasattr(targets, "_apply"):
        raise TargetError(
            "targets are data, to which no gradient flows: give the .value of the tensor. In a call of a loss the "
            "outputs come first: loss(outputs, targets)"
        )
    try:
        array = np.asarray(targets)
    except ValueError as error:
        raise TargetError("the targets of the examples differ in length: an array needs rows of one length") from error
    if array.dtype.kind not in "fiub":
        raise TargetError(f"targets are numbers, not {array.dtype}{_remedy(array)}")
    if array.size == 0:
        raise TargetError("there are no targets: a loss is a mean, and needs at least one example")
    if output_shape and array.shape[:1] != output_shape[:1]:
        count = f"{len(array)} targets" if array.ndim else "one target"
        raise TargetError(f"{count} for {output_shape[0]} examples: there has to be one for each")
    return array


def _remedy(array: Array) -> str:
    """What to do about targets that are not stored as numbers: texts and objects may stand for some."""
    if array.dtype.kind not in "OSUT":
        return ""
    try:
        array.astype(float)
    except (TypeError, ValueError):
        return ": number them, as np.unique(y, return_inverse=True)[1] does"
    return ": convert them with .astype(float), or labels with .astype(int)"


def as_entries(targets: Any, output_shape: Shape, dtype: Any) -> Array:
    """Targets as finite numbers in the shape of the outputs and in the model's precision: a read-only copy.

    A model with one output, (n, 1), can be given targets of shape (n,). Nothing else is broadcast.

    Raises:
        TargetError: see `as_numbers`; another shape; NaN, an infinity, or too large for the precision.

    """
    array = as_numbers(targets, output_shape)
    if array.shape != output_shape:
        if (*array.shape, 1) != output_shape:
            raise TargetError(f"targets of shape {array.shape} do not fit outputs of shape {output_shape}")
        array = array.reshape(output_shape)
    refuse(~np.isfinite(array), array, "is not finite; drop the example, or fill the gap in")
    with np.errstate(over="ignore"):  # reported in the next line
        converted = array.astype(dtype)
    refuse(~np.isfinite(converted), array, f"is too large for {np.dtype(dtype)}; scale the targets")
    return read_only(converted)


def as_labels(array: Array, output_shape: Shape) -> Array:
    """Classes as whole numbers, of the shape of the outputs without the last axis: a read-only copy.

    Raises:
        TargetError: not whole numbers, another shape, or a label that is no class.

    """
    classes = output_shape[-1]
    if array.shape != output_shape[:-1]:
        column = ", as y.ravel() has" if array.shape == (*output_shape[:-1], 1) and array.ndim == 2 else ""
        raise TargetError(
            f"targets of shape {array.shape} do not fit outputs of shape {output_shape}; give labels of shape "
            f"{output_shape[:-1]}{column}, or probabilities of shape {output_shape}"
        )
    if array.dtype.kind == "f":
        refuse(np.isnan(array), array, "is not a label; drop the example")
        raise TargetError(f"labels are whole numbers, not {array.dtype}; convert them with .astype(int)")
    wrong = (array < 0) | (array >= classes)
    refuse(wrong, array, f"is no class: with {classes} outputs the labels are 0 to {classes - 1}")
    return read_only(array.astype(np.intp))


def as_probabilities(array: Array) -> Array:
    """Probabilities of classes, in float64; what rounding has left of 1 in their sum is divided away.

    Raises:
        TargetError: a number outside [0, 1], or a sum that is not 1.

    """
    refuse(~((array >= 0) & (array <= 1)), array, "is no probability, which is from 0 to 1")
    sums: Array = np.sum(array, axis=-1, dtype=float)
    refuse(np.abs(sums - 1) > 1e-4, sums, "is what the probabilities add up to, instead of 1")
    return array / sums[..., np.newaxis]


def refuse(wrong: Array, array: Array, what: str) -> None:
    """Raise for the first entry that is wrong: "target NUMBER in row ROW WHAT".

    Raises:
        TargetError: any is.

    """
    if np.any(wrong):
        place = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        raise TargetError(f"{array[place]}{_words(tuple(map(int, place)))} of the targets {what}")


def read_only(array: Array) -> Array:
    """Return the array, locked: what a graph has used cannot change, and need not be copied either."""
    array.flags.writeable = False
    return array


def _words(place: tuple[int, ...]) -> str:
    """Where an entry is, in words: rows and columns counted from 0, as Python does."""
    if not place:
        return ""
    row, *rest = place
    if not rest:
        return f" in row {row}"
    return f" in row {row}, column {rest[0]}" if len(rest) == 1 else f" in row {row}, at {tuple(rest)} in it"
