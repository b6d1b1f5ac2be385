"""The kinds of instructions that a plan consists of: each is one NumPy call into an array that exists already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

import numpy as np

from ...operations import lookup

Shape = tuple[int, ...]
Namer = Callable[[Any, str], str]
"""Gives an object a name in the source of the plan: `name(object, hint)`."""

SIGNS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/"}
UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
KEYWORD_OUT = {np.maximum, np.minimum}
"""NumPy has deprecated giving `out` by position to these."""


@dataclass(frozen=True)
class Instruction:
    """What computes a value from others. Equal instructions on the same operands are computed once."""

    overwrites: ClassVar[bool] = False
    """Whether the result may take the place of an operand of the same shape."""
    numeric: ClassVar[bool] = True
    """Whether a result that is one number can be had as a number, by `expression`, and needs no array."""

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        """Source that writes the result into the array called `out`."""
        raise NotImplementedError

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        """Source that gives the result where it is one number."""
        raise NotImplementedError


@dataclass(frozen=True)
class Ufunc(Instruction):
    """An elementwise function."""

    function: np.ufunc
    overwrites = True

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        keyword = "out=" if self.function in KEYWORD_OUT else ""
        return [f"{name(self.function, self.function.__name__)}({', '.join(inputs)}, {keyword}{out})"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        if self.function in SIGNS:
            return f"{inputs[0]} {SIGNS[self.function]} {inputs[1]}"
        return f"{name(self.function, self.function.__name__)}({', '.join(inputs)})"


@dataclass(frozen=True)
class Reduce(Instruction):
    """Entries put together along axes, by `np.add` or `np.maximum`, say."""

    function: np.ufunc
    axis: int | tuple[int, ...] | None
    keepdims: bool

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        reduce = name(self.function.reduce, f"{self.function.__name__}_reduce")
        return [f"{reduce}({inputs[0]}, {self.axis}, None, {out}, {self.keepdims})"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        return f"{name(self.function.reduce, f'{self.function.__name__}_reduce')}({inputs[0]}, {self.axis})"


@dataclass(frozen=True)
class Product(Instruction):
    """`np.dot` of vectors and matrices, `np.matmul` of stacks of matrices."""

    function: Any

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        a, b = inputs
        if self.function is np.dot:
            return [f"{a}.dot({b}, {out})"]  # 0.14 µs less than the function, in a small network a tenth of a step
        return [f"{name(self.function, self.function.__name__)}({a}, {b}, {out})"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        return f"{inputs[0]}.dot({inputs[1]})"


@dataclass(frozen=True)
class Copy(Instruction):
    """The same numbers in an array of its own, perhaps in another precision."""

    dtype: Any

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        return [f"{out}[...] = {inputs[0]}"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        return f"{name(np.dtype(self.dtype).type, 'number')}({inputs[0]})"


@dataclass(frozen=True)
class Choose(Instruction):
    """The second operand where the first holds, else the third: `np.where`."""

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        copyto = name(np.copyto, "copyto")
        return [f"{out}[...] = {inputs[2]}", f"{copyto}({out}, {inputs[1]}, where={inputs[0]})"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        return f"{name(np.where, 'where')}({', '.join(inputs)})[()]"


@dataclass(frozen=True)
class Take(Instruction):
    """Rows of a table. The indices are checked first: so "clip" only spares NumPy a copy."""

    numeric = False

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        return [
            f"{name(check_rows, 'check_rows')}({inputs[0]}, {inputs[1]})",
            f"{name(np.take, 'take')}({inputs[0]}, {inputs[1]}, 0, {out}, 'clip')",
        ]


def check_rows(table: Any, indices: Any) -> None:
    """Raise the error of `lookup` if an index is no row of a table."""
    unsigned = indices.view(UNSIGNED[indices.dtype.itemsize])  # a negative number is then a large one
    if indices.size and np.maximum.reduce(unsigned, None) >= len(table):
        lookup(table, indices)


@dataclass(frozen=True)
class AddRows(Instruction):
    """Rows added up in a table of zeros: the adjoint of `Take`."""

    numeric = False

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        return [f"{out}.fill(0)", f"{name(np.add.at, 'add_at')}({out}, {inputs[1]}, {inputs[0]})"]


@dataclass(frozen=True)
class Place(Instruction):
    """Operands put into parts of an array that is filled with a constant: joining, padding, undoing a slice.

    Attributes:
        parts: for each operand, a basic index.

    """

    parts: tuple[Any, ...]
    filled: bool
    constant: float = 0.0
    numeric = False

    def __hash__(self) -> int:  # slices have no hash before Python 3.12
        return hash(repr(self.parts))

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        constant = repr(self.constant) if isfinite(self.constant) else name(self.constant, "c")
        fill = [] if self.filled else [f"{out}.fill({constant})"]
        whole = [part if Ellipsis in part else (*part, ...) for part in self.parts]  # an array, also of one entry
        places = [f"{out}[{name(part, 'part')}]" for part in whole]
        return [*fill, *(f"{place} = {x}" for place, x in zip(places, inputs, strict=True))]


@dataclass(frozen=True)
class Draw(Instruction):
    """Random numbers from [0, 1), drawn anew at each step, as `generator.random` draws them."""

    generator: np.random.Generator
    number: int
    numeric = False
    """Two draws are never the same."""

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        return [f"{name(self.generator.random, 'random')}(None, {out}.dtype, {out})"]


@dataclass(frozen=True)
class Call(Instruction):
    """Any other operation: its forward rule, which allocates its result, and a copy."""

    forward: Callable[..., Any]

    def lines(self, out: str, inputs: Sequence[str], name: Namer) -> list[str]:
        return [f"{out}[...] = {self.expression(inputs, name)}"]

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        return f"{name(self.forward, 'forward')}({', '.join(inputs)})"


@dataclass(frozen=True)
class View(Instruction):
    """The same memory seen in another shape: made once, when the plan is, unless it is of an argument.

    Attributes:
        kind: `transpose`, `reshape`, `getitem` or `broadcast_to`.
        argument: what the function of this name takes besides the array.

    """

    kind: str
    argument: Any

    def __hash__(self) -> int:
        return hash((self.kind, repr(self.argument)))

    def of(self, array: Any) -> Any:
        """View of an array; a copy where the memory cannot be seen so."""
        if self.kind == "getitem":
            index = self.argument if isinstance(self.argument, tuple) else (self.argument,)
            return array[index if Ellipsis in index else (*index, ...)]  # with it, one entry is an array too
        return getattr(np, self.kind)(array, self.argument)

    def expression(self, inputs: Sequence[str], name: Namer) -> str:
        if self.kind == "transpose" and self.argument is None:
            return f"{inputs[0]}.T"
        if self.kind == "getitem":
            return f"{inputs[0]}[{name(self.argument, 'index')}]"
        if self.kind == "broadcast_to":
            return f"{name(np.broadcast_to, 'broadcast_to')}({inputs[0]}, {self.argument})"
        if self.kind == "reshape" and len(self.argument) == 1:
            return f"{inputs[0]}.ravel()"
        return f"{inputs[0]}.{self.kind}({self.argument})"
