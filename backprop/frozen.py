"""The value of a tensor as it is handed out: an array that cannot be changed behind the graph's back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import InPlaceError


class FrozenArray(np.ndarray[Any, np.dtype[Any]]):
    """A read-only array whose `-=` and the like give a new array, as they do for numbers.

    So `w.value -= 0.1 * w.grad` assigns a new value to `w`, and the array that operations have used stays
    as it was. Results of computations are plain arrays. NumPy keeps the class for some copies, such as those of
    `zeros_like`; they are writeable, and behave as plain arrays.
    """

    def __setitem__(self, index: Any, value: Any) -> None:
        _refuse_if_frozen(self)
        super().__setitem__(index, value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Compute with plain arrays; a frozen one cannot be the output."""
        if "out" in kwargs:
            for out in kwargs["out"]:
                _refuse_if_frozen(out)
            kwargs["out"] = tuple(map(_plain, kwargs["out"]))
        return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)

    def copy(self, order: Any = "C") -> "np.ndarray[Any, np.dtype[Any]]":  # type: ignore[override]
        """Return a plain array of one's own, which can be changed."""
        return np.array(self, order=order)

    @staticmethod
    def _updating(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
        """Augmented assignment: in place in an array of one's own, else into a new array."""

        def update(self: Any, other: Any) -> Any:
            return ufunc(self, other, out=self) if self.flags.writeable else ufunc(self, other)

        return update

    __iadd__ = _updating(np.add)
    __isub__ = _updating(np.subtract)
    __imul__ = _updating(np.multiply)
    __itruediv__ = _updating(np.divide)
    __ipow__ = _updating(np.power)

    def __repr__(self) -> str:
        return repr(_plain(self))


def freeze(value: Any) -> Any:
    """A number as it is; an array as a read-only copy, or itself if nobody can change it."""
    if isinstance(value, np.ndarray) and not unchangeable(value):
        value = value.copy()
        value.flags.writeable = False
    return value


def unchangeable(array: "np.ndarray[Any, Any]") -> bool:
    """Whether the array is read-only, and is not a view of memory that could be written to in another way."""
    while not array.flags.writeable:
        base: Any = array.base
        if base is None or type(base) is _Promise:
            return True
        if not isinstance(base, np.ndarray):
            return False
        array = base
    return False


class _Promise:
    """Stands behind an array whose owner will not change it."""

    __slots__ = ("__array_interface__", "_owner")

    def __init__(self, owner: "np.ndarray[Any, Any]") -> None:
        address, _ = owner.__array_interface__["data"]
        self._owner = owner
        self.__array_interface__ = {**owner.__array_interface__, "data": (address, True)}


def lent(array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """A read-only view that operations use as it is, without a copy of their own.

    The caller promises that the array is not changed while a graph that used the view may still be differentiated.
    """
    promise = _Promise(array)
    view = np.asarray(promise)
    del promise.__array_interface__  # has done its work, and is larger than all the rest
    return view


def _refuse_if_frozen(array: Any) -> None:
    if isinstance(array, FrozenArray) and not array.flags.writeable:
        raise InPlaceError(
            "the value of a tensor cannot be changed in place: operations may have used it. "
            "Change a copy and assign it: v = t.value.copy(); v[index] = …; t.value = v"
        )


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, FrozenArray) else value
