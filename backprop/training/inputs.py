"""What a model is trained on is checked once, before the first step.

Everything that could be wrong with inputs is found here, with a message of its own, because a wrong number that
reaches the model shows itself hundreds of steps later, as a loss of NaN. Targets are checked by the loss, which
knows what they should be.
"""

import sys
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"


class DataError(ValueError):
    """Data that a model cannot be trained on; the message says where, and what to do."""


def as_pair(data: Any, name: str = "data") -> tuple[Any, Any]:
    """Take `(x, y)` apart: two things of the same length, neither of them None. They are not converted.

    >>> as_pair(([[1.0], [2.0]], [0, 1]))
    ([[1.0], [2.0]], [0, 1])

    Raises:
        DataError: it is no pair, one of the two is missing or has no length, or the lengths differ.

    """
    if data is None:
        raise DataError(f"{name} is None: give a pair (x, y) of inputs and targets")
    if not isinstance(data, tuple | list) or len(data) != 2:
        found = f"{len(data)} things" if isinstance(data, tuple | list) else f"one {type(data).__name__}"
        raise DataError(f"{name} should be a pair (x, y) of inputs and targets, not {found}")
    lengths: list[int] = []
    for part, value in zip("xy", data, strict=True):
        if value is None:
            what = "inputs" if part == "x" else "targets"
            raise DataError(f"{part} of {name} is None: training needs {what}, one for each example")
        try:
            lengths.append(len(value))
        except TypeError:  # a number, an array of shape (), a sparse matrix
            rows: Any = getattr(value, "shape", ())
            if len(rows) == 0:
                what = type(value).__name__
                raise DataError(f"{part} of {name} is one {what}: give an array with a row for each example") from None
            lengths.append(rows[0])
    if lengths[0] != lengths[1]:
        raise DataError(
            f"x of {name} has {lengths[0]} examples and y has {lengths[1]}: each row of x needs one target. "
            "Print the shapes of both, and see where rows were dropped"
        )
    return data[0], data[1]


def prepare_inputs(x: Any, dtype: DTypeLike = "float64", *, table_rows: int | None = None, name: str = "x") -> Array:
    """Check inputs and convert them to what the model computes with.

    Args:
        x: real numbers of shape (examples, features, …): an array, nested lists, or whatever becomes an array, such
            as a data frame. For a model that looks numbers up in a table, whole numbers of shape (examples, …).
        dtype: precision of the model.
        table_rows: number of rows of the table that the entries of `x` are looked up in (`Embedding.count`);
            None for a model that computes with the numbers themselves.
        name: what messages call `x`.

    Returns:
        A read-only contiguous array; not a copy where `x` is one of the right type already.

    Raises:
        DataError: not numbers, rows of different lengths, nothing in it, NaN or infinity, an index that is no row of
            the table. Rows and columns are counted from 0.

    >>> prepare_inputs([[1, 2], [3, 4]], "float32")
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    >>> prepare_inputs([[1.0, 2.0], [3.0, float("nan")]])
    Traceback (most recent call last):
    backprop.training.inputs.DataError: x holds NaN in row 1, column 1: drop that row, or fill the gap first

    """
    array = _as_array(x, name)
    _check_numbers(array, name)
    _check_shape(array, name, smallest=1 if table_rows is not None else 2)
    if table_rows is not None:
        _check_indices(array, table_rows, name)
        dtype = np.intp
    else:
        _check_finite(array, name)
    with np.errstate(over="ignore"):  # reported below, with its place
        converted = np.ascontiguousarray(array, dtype)
    if table_rows is None and converted.dtype != array.dtype and not _all_finite(converted):
        where = _first(~np.isfinite(converted))
        raise DataError(
            f"{name} holds {array[where]:.6g} in {_place(where)}, too large for {converted.dtype}: "
            'scale the inputs, or build the model with dtype="float64"'
        )
    result = converted.view()
    result.flags.writeable = False
    return result


def _as_array(x: Any, name: str) -> Array:
    if x is None:
        raise DataError(f"{name} is None: give an array with a row for each example")
    if hasattr(x, "operation") and hasattr(x, "backward"):
        raise DataError(f"{name} is a Tensor: give its .value, for no derivative of the data is computed")
    if hasattr(x, "toarray"):
        raise DataError(f"{name} is a sparse {type(x).__name__}: make an ordinary array of it with .toarray()")
    if "numpy.ma" in sys.modules and np.ma.is_masked(x):  # importing it would cost every training 3 MB
        raise DataError(f"{name} is masked in {_place(_first(np.ma.getmaskarray(x)))}: fill the gaps with .filled(…)")
    try:
        return np.asarray(x)
    except ValueError:
        shapes = [_shape(row) for row in x]
        odd = next((i for i, shape in enumerate(shapes) if shape != shapes[0]), 0)
        raise DataError(
            f"{name} is ragged: row 0 has shape {shapes[0]}, and row {odd} has {shapes[odd]}. "
            "All examples need the same shape: cut or pad them"
        ) from None
    except (TypeError, RuntimeError) as error:
        raise DataError(f"{name} is a {type(x).__name__} that NumPy makes no array of: {error}") from error


def _shape(row: Any) -> Any:
    try:
        return np.shape(row)
    except ValueError:
        return "ragged"


def _check_numbers(array: Array, name: str) -> None:
    kind = array.dtype.kind
    if kind in "fiub":
        return
    if kind == "c":
        raise DataError(f"{name} holds complex numbers: give real and imaginary parts as features of their own")
    if kind in "Mm":
        raise DataError(f"{name} holds dates or durations: give numbers, such as days since a start")
    if array.ndim == 0:
        raise DataError(f"{name} is one {type(array[()]).__name__}: give an array with a row for each example")
    if kind in "OSU":
        for where, entry in np.ndenumerate(array):
            if not _is_number(entry):
                entry = entry.item() if isinstance(entry, np.generic) else entry  # 'red', and not np.str_('red')
                raise DataError(
                    f"{name} holds {entry!r} in {_place(where)}, a {type(entry).__name__}, where numbers are needed: "
                    "give categories a number each, or a column each (one-hot)"
                )
        raise DataError(f"{name} holds numbers as {array.dtype}: convert them with .astype(float)")
    raise DataError(f"{name} has the type {array.dtype}: give an array of real numbers")


def _is_number(entry: Any) -> bool:
    try:
        float(entry)
    except (TypeError, ValueError):
        return False
    return True


def _check_shape(array: Array, name: str, smallest: int) -> None:
    if array.ndim < smallest:
        hint = "one feature each: .reshape(-1, 1); one example: .reshape(1, -1)" if array.ndim else "give an array"
        raise DataError(f"{name} has shape {array.shape}, and (examples, features) is needed: {hint}")
    if array.size == 0:
        what = "no example" if len(array) == 0 else "examples with nothing in them"
        raise DataError(f"{name} is empty: its shape {array.shape} means {what}")


def _check_finite(array: Array, name: str) -> None:
    if array.dtype.kind == "f" and not _all_finite(array):
        where = _first(~np.isfinite(array))
        what, hint = ("NaN", "drop that row, or fill the gap first")
        if not np.isnan(array[where]):
            what, hint = ("infinity", "look for a division by 0 or a logarithm of 0 where the data was made")
        raise DataError(f"{name} holds {what} in {_place(where)}: {hint}")


def _all_finite(array: Array) -> bool:
    """Without an array of booleans as large as a quarter of the data, unless the sum overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(array.sum())) or bool(np.isfinite(array).all())


def _check_indices(array: Array, table_rows: int, name: str) -> None:
    if array.dtype.kind not in "iu":
        raise DataError(f"{name} has the type {array.dtype}, and the model looks rows up: give whole numbers (int64)")
    if array.min() < 0 or array.max() >= table_rows:
        where = _first((array < 0) | (array >= table_rows))
        raise DataError(
            f"{name} holds {array[where]} in {_place(where)}, and the table has the rows 0 to {table_rows - 1}"
        )


def _first(mask: Array) -> tuple[int, ...]:
    """Index of the first true entry, in the order of the rows."""
    return tuple(int(i) for i in np.unravel_index(int(mask.argmax()), mask.shape))


def _place(index: tuple[int, ...]) -> str:
    if len(index) == 2:
        return f"row {index[0]}, column {index[1]}"
    return f"row {index[0]}" if len(index) == 1 else f"row {index[0]}, entry {list(index[1:])}"
