"""What both cross-entropies can be given."""

from collections.abc import Iterable, Mapping
from math import inf


def checked_smoothing(smoothing: float) -> None:
    """Raise a ValueError unless the label smoothing is in [0, 1)."""
    if not 0 <= smoothing < 1:
        raise ValueError(f"label_smoothing is at least 0 and less than 1, not {smoothing!r}")


def checked_weights(weights: Iterable[float]) -> tuple[float, ...]:
    """Return the class weights as a tuple of Python floats.

    Raises:
        TypeError: a mapping, whose order says nothing.
        ValueError: a weight that is not positive.

    """
    if isinstance(weights, Mapping):
        raise TypeError("class_weights are in the order of the classes, such as (1.0, 5.0), not a mapping")
    found = tuple(map(float, weights))
    if not all(0 < weight < inf for weight in found):
        raise ValueError(f"class_weights are positive numbers, not {found}")
    return found
