"""How tensors compare: by their values, as arrays do; and as keys of mappings by identity."""

from typing import Any

from .values import value_of


class Comparisons:
    """Comparisons have no derivative: they give bools, or arrays of them."""

    __slots__ = ()

    _value: Any

    def __lt__(self, other: Any) -> Any:
        return self._value < value_of(other)

    def __le__(self, other: Any) -> Any:
        return self._value <= value_of(other)

    def __gt__(self, other: Any) -> Any:
        return self._value > value_of(other)

    def __ge__(self, other: Any) -> Any:
        return self._value >= value_of(other)

    def __eq__(self, other: object) -> Any:
        return self._value == value_of(other)

    def __ne__(self, other: object) -> Any:
        return self._value != value_of(other)

    __hash__ = object.__hash__  # by identity: tensors are keys of mappings
