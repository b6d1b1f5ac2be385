"""A program as one straight-line Python function of NumPy calls."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from ..steps import Array
from .instructions import View
from .memory import Memory, is_array, needed
from .program import Program, Value


class _Names:
    """Names of the objects that the source refers to; they become defaults of its parameters, the fastest names."""

    def __init__(self, taken: tuple[str, ...]) -> None:
        self.objects: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        self._taken = set(taken)
        self._counts: dict[str, int] = {}

    def __call__(self, thing: Any, hint: str) -> str:
        key = thing if callable(thing) else id(thing)  # `np.add.reduce` is another object each time it is asked for
        if key not in self._names:
            name = hint
            while name in self._taken:
                self._counts[hint] = self._counts.get(hint, 1) + 1
                name = f"{hint}{self._counts[hint]}"
            self._taken.add(name)
            self._names[key] = name
            self.objects[name] = thing
        return self._names[key]


class Writer:
    """Writes the source of a program.

    Args:
        program: what to compute.
        arguments: names of the arrays that are handed over at each step.
        result: the number that the function returns.
        places: values that have to be written into given arrays.
        zeros: arrays that have to be filled with 0.

    """

    def __init__(
        self,
        program: Program,
        arguments: tuple[Value, ...],
        result: Value,
        places: Mapping[Value, Array],
        zeros: Sequence[Array] = (),
    ) -> None:
        direct = {value: place for value, place in places.items() if _is_written(value)}
        order = needed(program, [result, *places])
        self._memory = Memory(order, [result, *places], direct)
        self._names = _Names((*(x.name for x in arguments), "step"))
        self._constants: dict[Any, Any] = {}
        self._locals: dict[Value, str] = {x: x.name for x in arguments}
        self._lines: list[str] = []
        for value in order:
            self._write(value)
        for value, place in places.items():
            if value not in direct:
                self._lines.append(f"{self._names(place, 'g')}[...] = {self._read(value)}")
        self._lines += [f"{self._names(array, 'g')}.fill(0)" for array in zeros]
        head = ", ".join((*(x.name for x in arguments), *(f"{n}={n}" for n in self._names.objects)))
        body = "\n    ".join((*self._lines, f"return {self._read(result)}"))
        self.source = f"def step({head}):\n    {body}\n"

    def function(self) -> Callable[..., Any]:
        """Compile the source: it consists of names that were made up here, and of nothing a user wrote."""
        scope = dict(self._names.objects)
        exec(compile(self.source, "<captured plan>", "exec"), scope)
        step: Callable[..., Any] = scope["step"]
        return step

    def _write(self, value: Value) -> None:
        instruction, array = value.instruction, self._memory.arrays.get(value)
        assert instruction is not None
        if array is None:  # a number, or a view of an argument
            name = f"t{len(self._locals)}"
            self._lines.append(f"{name} = {instruction.expression([*map(self._read, value.inputs)], self._names)}")
            self._locals[value] = name
        elif isinstance(instruction, View):
            if value in self._memory.copied:
                x = self._memory.array(value.inputs[0])
                assert x is not None
                seen = array.reshape(x.shape) if instruction.kind == "reshape" else array
                self._lines.append(f"{self._names(seen, 'b')}[...] = {self._read(value.inputs[0])}")
        else:
            inputs = [self._read(x, value.dtype) for x in value.inputs]
            self._lines += instruction.lines(self._names(array, "b"), inputs, self._names)

    def _read(self, value: Value, dtype: Any = None) -> str:
        """Name of a value; a Python number that meets arrays of a precision becomes a constant of it: faster."""
        if value in self._locals:
            return self._locals[value]
        array = self._memory.array(value)
        if array is not None:
            return self._names(array, "p" if value.constant is not None else "b")
        number = value.constant
        if dtype is None or not isinstance(number, float | int) or np.dtype(dtype).kind != "f":
            return repr(number) if type(number) in (float, int, bool) and isfinite(number) else self._names(number, "c")
        key = (type(number), repr(number), dtype)
        if key not in self._constants:
            self._constants[key] = np.asarray(number, dtype)
        return self._names(self._constants[key], "c")


def _is_written(value: Value) -> bool:
    """Whether an instruction writes the value into an array, which can then be any array."""
    return is_array(value) and not isinstance(value.instruction, View)
