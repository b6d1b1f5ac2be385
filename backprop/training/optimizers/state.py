"""Is a saved state one of this optimizer? All that does not fit is said at once."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from ...nn.errors import StateError
from ..flat import Vector
from ..hyperparameters import not_negative, whole

State: TypeAlias = dict[str, Any]
"""What an optimizer remembers, by name: `steps` (int), `learning_rate` and decays (float), vectors of shape (n,)."""


def checked_state(
    optimizer: str,
    state: Mapping[str, Any],
    settings: State,
    decays: Mapping[str, float],
    vectors: Mapping[str, Vector],
) -> State:
    """The entries of a saved state, converted to the types and precisions of an optimizer's own.

    Args:
        optimizer: its name, for the message.
        state: what was saved; numbers may have become arrays of shape ().
        settings: `steps`, `learning_rate` and decays of the optimizer.
        decays: those of the settings that must be equal.
        vectors: the vectors of the optimizer.

    Raises:
        StateError: entries are missing, unexpected, of another shape, not finite, or made with other decays.

    """
    expected = {*settings, *vectors}
    problems = [f"{name} is missing" for name in (*settings, *vectors) if name not in state]
    problems += [f"{name} is unexpected" for name in state if name not in expected]
    new: State = {}
    for name in state:
        if name in expected:
            problems += _take(name, state[name], decays, vectors, new)
    if problems:
        raise StateError(
            f"this is not a state of this {optimizer}: {'; '.join(problems)}. "
            "Load it into an optimizer made with the same options, for a model of the same size"
        )
    return new


def _take(
    name: str, value: Any, decays: Mapping[str, float], vectors: Mapping[str, Vector], new: State
) -> Iterator[str]:
    """Enter a converted value in `new`; give what is wrong with it, if anything is."""
    try:
        if name in vectors:
            new[name] = _vector(name, value, vectors[name])
            return
        if isinstance(value, np.ndarray) and value.shape == ():
            value = value.item()
        new[name] = whole(name, value) if name == "steps" else not_negative(name, value)
    except (TypeError, ValueError) as error:
        yield str(error)
        return
    if name in decays and new[name] != decays[name]:
        yield f"{name} is {value}, not {decays[name]}"


def _vector(name: str, value: Any, own: Vector) -> Vector:
    """The value in the shape and precision of the optimizer's own vector; a ValueError says why it is none."""
    given = np.asarray(value)  # a ValueError for rows of different lengths
    if given.dtype.kind not in "fiu":
        raise ValueError(f"{name} is of type {given.dtype}, not real numbers")
    if given.shape != own.shape:
        raise ValueError(f"{name} has shape {given.shape}, not {own.shape}")
    with np.errstate(over="ignore"):  # too large for the precision is an infinity, reported here
        converted = given.astype(own.dtype)
    finite = np.isfinite(converted)
    if not finite.all():
        raise ValueError(f"{name} has NaN or infinity at {int(np.argmin(finite))}")
    return converted
