"""Where the results of a program are kept: arrays made once, which take each other's place as soon as they may."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..blocks import side_by_side
from ..steps import Array
from .instructions import View
from .program import Program, Value


def base(value: Value) -> Value:
    """The value whose memory a view shows; the value itself if it is none."""
    while isinstance(value.instruction, View):
        value = value.inputs[0]
    return value


def needed(program: Program, results: Iterable[Value]) -> list[Value]:
    """The values that the results depend on, in order: the others need not be computed."""
    found, stack = set(results), list(results)
    while stack:
        for x in stack.pop().inputs:
            if x not in found:
                found.add(x)
                stack.append(x)
    return [value for value in program.values if value in found]


def is_array(value: Value) -> bool:
    """Whether the result of an instruction is written into an array; else it is a number, a local variable."""
    return value.instruction is not None and (value.shape != () or not value.instruction.numeric)


class Memory:
    """Gives every value of a program an array.

    A result takes the place of an operand that is not needed any more, or an array that has become free, before
    a new one is made. Numbers need no array: they are local variables of the plan.

    Args:
        order: the values to compute, in order.
        results: those that are still needed at the end.
        places: arrays that certain results have to be written into.

    Attributes:
        arrays: where each value is; views of arguments and numbers are not in it.
        copied: values that should be views, but whose memory cannot be seen in their shape.

    """

    def __init__(self, order: list[Value], results: Iterable[Value], places: Mapping[Value, Array]) -> None:
        last = _last_uses(order) | dict.fromkeys({base(x) for x in results} | set(places), len(order))
        made: list[tuple[int, Any]] = []

        def note(size: int, dtype: Any) -> Array:
            made.append((size, dtype))
            return np.empty(size, dtype)

        self._arrange(order, places, last, note)
        vectors = iter(side_by_side(made))  # now that it is known which are needed
        self._arrange(order, places, last, lambda size, dtype: next(vectors))

    def _arrange(
        self, order: list[Value], places: Mapping[Value, Array], last: dict[Value, int], make: Callable[..., Array]
    ) -> None:
        """Give every value its place, in vectors that `make(size, dtype)` makes."""
        self.arrays: dict[Value, Array] = dict(places)
        self.copied: set[Value] = set()
        self._make = make
        self._holds: dict[Value, Array] = {}  # vectors that belong to a value now
        self._free: dict[tuple[int, Any], list[Array]] = defaultdict(list)
        for i, value in enumerate(order):
            if isinstance(value.instruction, View):
                self._see(value)
            elif value not in self.arrays and is_array(value):
                array = self._overwritten(value, i, last)
                self.arrays[value] = self._new(value) if array is None else array
            for x in dict.fromkeys(base(x) for x in (value, *value.inputs)):
                if x in self._holds and last.get(x, i) <= i:
                    vector = self._holds.pop(x)
                    self._free[vector.size, vector.dtype].append(vector)

    def array(self, value: Value) -> Array | None:
        """Where a value is, if it is in the same place at every step."""
        if value.constant is not None and np.ndim(value.constant) > 0:
            constant: Array = value.constant
            return constant
        return self.arrays.get(value)

    def _see(self, value: Value) -> None:
        """Make a view now, unless it is of an argument or a number."""
        assert isinstance(value.instruction, View)
        array = self.array(value.inputs[0])
        if array is None:
            return
        view = value.instruction.of(array)
        if view.size and not np.may_share_memory(view, array):
            self.copied.add(value)
            view = self._make(value.size, value.dtype).reshape(value.shape)
        self.arrays[value] = view

    def _overwritten(self, value: Value, i: int, last: dict[Value, int]) -> Array | None:
        """The array of an operand of the same shape that is not needed after this instruction."""
        assert value.instruction is not None
        for x in value.inputs if value.instruction.overwrites else ():
            dies = x in self._holds and last[x] == i and (x.shape, x.dtype) == (value.shape, value.dtype)
            if dies and all(u is x or base(u) is not x for u in value.inputs):  # and no view of it is read
                self._holds[value] = self._holds.pop(x)
                return self.arrays[x]
        return None

    def _new(self, value: Value) -> Array:
        free = self._free[value.size, value.dtype]
        vector = free.pop() if free else self._make(value.size, value.dtype)
        self._holds[value] = vector
        return vector.reshape(value.shape)


def _last_uses(order: list[Value]) -> dict[Value, int]:
    """Position of the last instruction that reads a value or a view of it."""
    return {base(x): i for i, value in enumerate(order) for x in value.inputs}
