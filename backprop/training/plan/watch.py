"""What a plan takes for granted: all that a model and its loss hold, apart from the numbers of the parameters."""

from collections.abc import Iterable
from dataclasses import is_dataclass
from operator import is_
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...nn import Module
from ...nn.structure import joined

_PLAIN = (bool, int, float, str, bytes, np.generic)


class Watch:
    """Remembers the attributes of some objects, and tells whether they have changed.

    It looks into modules, dataclasses, `SimpleNamespace`, lists, tuples, dicts and NumPy arrays. Any other object,
    a tensor say, is the same as long as it is the same object.

    Args:
        roots: the model and its loss.

    """

    def __init__(self, *roots: Any) -> None:
        self._dicts: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = []  # name, as it is, as it was
        self._lists: list[tuple[str, list[Any], list[Any]]] = []
        self._arrays: list[tuple[str, Any, Any]] = []
        self._generators: list[tuple[Any, Any]] = []
        self._seen: set[int] = set()
        for root in roots:
            self._look_into("", root, vars(root) if hasattr(root, "__dict__") else {})

    def changed(self) -> str | None:
        """Name of an attribute that is not as it was; None if there is none. Random generators do not count."""
        for name, now, then in self._dicts:
            if not (_same(now, then) and _same(now.values(), then.values())):
                different = [key for key in {**now, **then} if not _same([now.get(key, then)], [then.get(key, now)])]
                return joined(name, str(different[0]) if different else "")
        for name, items, old in self._lists:
            if not _same(items, old):
                return name
        for name, array, copy in self._arrays:
            if array.shape != copy.shape or not np.array_equal(array, copy, equal_nan=copy.dtype.kind in "fc"):
                return name
        return None

    def drawn(self) -> bool:
        """Whether random numbers have been drawn."""
        return not all(_equal(source.state, state) for source, state in self._generators)

    def restore(self) -> None:
        """Put everything back as it was."""
        for _, now, then in self._dicts:
            now.clear()
            now.update(then)
        for _, items, old in self._lists:
            items[:] = old
        for _, array, copy in self._arrays:
            if array.flags.writeable:
                np.copyto(array, copy)
        for source, state in self._generators:
            source.state = state

    def _look_into(self, name: str, value: Any, inside: dict[Any, Any] | None = None) -> None:
        if id(value) in self._seen or isinstance(value, _PLAIN):
            return
        self._seen.add(id(value))
        if inside is None and (isinstance(value, Module | SimpleNamespace) or _is_record(value)):
            inside = vars(value)
        if isinstance(value, dict):
            inside = value
        if inside is not None:
            self._dicts.append((name, inside, dict(inside)))
            for key, item in inside.items():
                self._look_into(joined(name, str(key)), item)
        elif isinstance(value, list | tuple):
            if isinstance(value, list):
                self._lists.append((name, value, list(value)))
            for i, item in enumerate(value):
                self._look_into(joined(name, str(i)), item)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "fiubc":
            self._arrays.append((name, value, value.copy()))
        elif isinstance(value, np.random.Generator):
            self._generators.append((value.bit_generator, value.bit_generator.state))


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dict__")


def _same(now: Iterable[Any], then: Iterable[Any]) -> bool:
    """Whether the things are the same, one by one; numbers and strings only have to be equal."""
    a, b = list(now), list(then)
    if len(a) != len(b):
        return False
    if all(map(is_, a, b)):
        return True
    return all(x is y or (type(x) is type(y) and isinstance(x, _PLAIN) and x == y) for x, y in zip(a, b, strict=True))


def _equal(a: Any, b: Any) -> bool:
    """Whether two states of a generator are equal: numbers, strings and arrays in dicts."""
    if isinstance(a, dict):
        return all(_equal(a[key], b[key]) for key in a)
    return bool(np.array_equal(a, b))
