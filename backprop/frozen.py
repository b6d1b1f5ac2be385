"""The value of a tensor as it is handed out: an array that cannot be changed behind the graph's back."""

from typing import Any

import numpy as np

from .errors import InPlaceError


class FrozenArray(np.ndarray[Any, np.dtype[Any]]):
    """A read-only array whose `-=` and the like give a new array, as they do for numbers.

    So `w.value -= 0.1 * w.grad` assigns a new value to `w`, and the array that operations have used stays
    as it was. Results of computations, and copies, are plain arrays.
    """

    def __setitem__(self, index: Any, value: Any) -> None:
        raise InPlaceError(
            "the value of a tensor cannot be changed in place: operations may have used it. "
            "Change a copy and assign it: v = t.value.copy(); v[index] = …; t.value = v"
        )

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Compute with plain arrays; refuse to be the output."""
        if any(isinstance(out, FrozenArray) for out in kwargs.get("out", ())):
            self[...] = None
        return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)

    def copy(self, order: Any = "C") -> "np.ndarray[Any, np.dtype[Any]]":  # type: ignore[override]
        """Return a plain array of one's own, which can be changed."""
        return np.array(self, order=order)

    def __iadd__(self, other: Any) -> Any:
        return self + other

    def __isub__(self, other: Any) -> Any:
        return self - other

    def __imul__(self, other: Any) -> Any:
        return self * other

    def __itruediv__(self, other: Any) -> Any:
        return self / other

    def __ipow__(self, other: Any) -> Any:  # type: ignore[misc]
        return self**other

    def __repr__(self) -> str:
        return repr(_plain(self))


def freeze(value: Any) -> Any:
    """A number as it is; an array as a read-only copy, or itself if it is read-only already."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.copy()
        value.flags.writeable = False
    return value


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, FrozenArray) else value
