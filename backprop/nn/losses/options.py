"""What both cross-entropies can be given."""

from collections.abc import Iterable, Mapping
from math import inf
from numbers import Real


def checked_smoothing(smoothing: float) -> None:
    """Raise a ValueError unless the label smoothing is in [0, 1), and a TypeError if it is no number."""
    if not isinstance(smoothing, Real):
        raise TypeError(f"label_smoothing is a number, not {smoothing!r:.80}; other options need their names")
    if not 0 <= smoothing < 1:
        raise ValueError(f"label_smoothing is at least 0 and less than 1, not {smoothing!r}")


def checked_weights(weights: Iterable[float]) -> tuple[float, ...]:
    """Return the class weights as a tuple of Python floats.

    Raises:
        TypeError: a mapping, whose order says nothing; a name; or no numbers.
        ValueError: a weight that is not positive.

    """
    if isinstance(weights, Mapping):
        raise TypeError("class_weights are in the order of the classes, such as (1.0, 5.0), not a mapping")
    try:
        if isinstance(weights, str):
            raise TypeError
        found = tuple(map(float, weights))
    except (TypeError, ValueError):
        raise TypeError(
            f"class_weights are a number for each class, not {weights!r:.80}; those that balance the classes are "
            "len(y) / (classes * np.bincount(y))"
        ) from None
    if not all(0 < weight < inf for weight in found):
        raise ValueError(f"class_weights are positive numbers, not {found}")
    return found
