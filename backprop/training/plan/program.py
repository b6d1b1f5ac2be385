"""A captured step as a list of NumPy calls: values, each of which is computed once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ...operations.losses import SHORT
from .instructions import Choose, Copy, Instruction, Place, Product, Reduce, Shape, Ufunc, View


class Value(NDArrayOperatorsMixin):
    """The result of an instruction, an argument of the step, or a constant.

    NumPy's functions and the operators on it add instructions to its program: so the forward rules of the
    operations, which are written in NumPy, tell by themselves what they consist of.

    Attributes:
        instruction: what computes it; None for an argument, a parameter or a constant.
        inputs: the operands: other values.
        constant: the array, if it is one.

    """

    __slots__ = ("constant", "dtype", "inputs", "instruction", "name", "program", "shape")

    def __init__(
        self,
        program: "Program",
        shape: Shape,
        dtype: "np.dtype[Any]",
        instruction: Instruction | None = None,
        inputs: "tuple[Value, ...]" = (),
        constant: Any = None,
        name: str = "",
    ) -> None:
        self.program, self.shape, self.dtype, self.name = program, shape, dtype, name
        self.instruction, self.inputs, self.constant = instruction, inputs, constant

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def T(self) -> "Value":  # noqa: N802 (NumPy's name)
        """The axes reversed."""
        return self.program.view(self, "transpose", None)

    def __getitem__(self, index: Any) -> "Value":
        return self.program.view(self, "getitem", index)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Add `np.tanh(x)` or `np.add.reduce(x, axis)` to the program."""
        if method == "__call__" and not kwargs and ufunc.nout == 1 and ufunc.signature is None:
            return self.program.ufunc(ufunc, *inputs)
        if method == "__call__" and ufunc is np.matmul and not kwargs:
            return self.program.product(*inputs)
        if method == "reduce" and not set(kwargs) - {"axis", "keepdims"}:
            return self.program.reduce(ufunc, *inputs, **kwargs)
        raise NotImplementedError(f"{ufunc.__name__}.{method} with {', '.join(kwargs)}")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Add `np.sum(x, axis=0)` and the like to the program."""
        if function not in FUNCTIONS:
            raise NotImplementedError(function.__name__)
        return FUNCTIONS[function](self.program, *args, **kwargs)

    def __bool__(self) -> bool:
        raise NotImplementedError("a decision that depends on the numbers")

    __array__ = __float__ = __bool__
    __hash__ = object.__hash__


class Program:
    """Instructions in the order in which they were added; equal ones on equal operands are added once.

    Attributes:
        values: the results of the instructions.

    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self._known: dict[Any, Value] = {}

    def argument(self, name: str, shape: Shape, dtype: Any) -> Value:
        """Return an array that is handed over at each step."""
        return Value(self, shape, np.dtype(dtype), name=name)

    def constant(self, array: Any) -> Value:
        """Return an array whose place never changes: a constant, or a parameter of the model."""
        if isinstance(array, Value):
            return array
        key = ("array", id(array)) if isinstance(array, np.ndarray) else ("number", type(array), repr(array))
        if key not in self._known:
            dtype = getattr(array, "dtype", np.dtype(type(array)))
            self._known[key] = Value(self, np.shape(array), dtype, constant=array)
        return self._known[key]

    def add(self, instruction: Instruction, shape: Shape, dtype: Any, *operands: Any) -> Value:
        """Add an instruction, unless an equal one has been added."""
        inputs = tuple(map(self.constant, operands))
        key = (instruction, *map(id, inputs))
        if key not in self._known:
            value = Value(self, tuple(shape), np.dtype(dtype), instruction, inputs)
            self.values.append(value)
            self._known[key] = value
        return self._known[key]

    def forget(self, count: int) -> None:
        """Take back all but the first `count` instructions."""
        kept = set(map(id, self.values[:count]))
        self._known = {k: v for k, v in self._known.items() if v.instruction is None or id(v) in kept}
        del self.values[count:]

    def ufunc(self, function: np.ufunc, *operands: Any) -> Value:
        """Add an elementwise function, in a cheaper form where there is one."""
        if function is np.power and np.ndim(operands[1]) == 0 and not isinstance(operands[1], Value):
            cheaper = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}.get(operands[1])
            if cheaper is not None and (cheaper is np.square or _is_float(operands[0])):
                return self.ufunc(cheaper, operands[0])
        shape = np.broadcast_shapes(*map(np.shape, operands))
        with np.errstate(all="ignore"):
            dtype = function(*map(_stand_in, operands)).dtype
        if dtype.kind == "b":  # a mask is multiplied with: let it be of that precision
            floats = [x.dtype for x in operands if isinstance(x, Value) and x.dtype.kind == "f"]
            dtype = floats[0] if floats else dtype
        return self.add(Ufunc(function), shape, dtype, *operands)

    def reduce(self, function: np.ufunc, x: Any, axis: int | Sequence[int] | None = 0, keepdims: bool = False) -> Value:
        """Add a reduction; sums of a matrix become products with a vector of ones, which are faster."""
        shape = np.shape(x)
        axes = range(len(shape)) if axis is None else [axis] if isinstance(axis, int) else axis
        axes = tuple(sorted(a % len(shape) for a in axes)) if shape else ()
        if not axes:
            return self.constant(x)
        kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
        result = kept if keepdims else tuple(n for i, n in enumerate(shape) if i not in axes)
        if _is_float(x) and 0 not in shape:
            if function is np.add and axes == tuple(range(len(shape))):
                total = self.product(self.ones(int(np.prod(shape)), x.dtype), self.view(x, "reshape", -1))
                return self.view(total, "reshape", result)
            if function is np.add and axes == tuple(range(len(shape) - 1)):
                rows = self.view(x, "reshape", (-1, shape[-1]))
                return self.view(self.product(self.ones(rows.shape[0], x.dtype), rows), "reshape", result)
            if axes == (len(shape) - 1,) and len(shape) > 1:
                rows = self.view(x, "reshape", (-1, shape[-1]))
                if function is np.add:
                    return self.view(self.product(rows, self.ones(shape[-1], x.dtype)), "reshape", result)
                if shape[-1] <= SHORT:
                    columns = self.copy(self.view(rows, "transpose", None))
                    return self.view(self.reduce(function, columns), "reshape", result)
        dtype = function.reduce(np.ones(1, x.dtype)).dtype
        return self.add(Reduce(function, axes if len(axes) > 1 else axes[0], keepdims), result, dtype, x)

    def ones(self, size: int, dtype: Any) -> Value:
        """Return a constant vector of ones."""
        key = ("ones", size, dtype)
        if key not in self._known:
            self._known[key] = self.constant(np.ones(size, dtype))
        return self._known[key]

    def product(self, a: Any, b: Any, function: Any = None) -> Value:
        """Add a product of vectors, matrices or stacks of matrices."""
        if function is None:
            function = np.dot if max(np.ndim(a), np.ndim(b)) <= 2 else np.matmul
        shape = np.shape(function(*(np.broadcast_to(np.ones(()), np.shape(x)) for x in (a, b))))
        return self.add(Product(function), shape, np.result_type(a.dtype, b.dtype), a, b)

    def view(self, x: Any, kind: str, argument: Any) -> Value:
        """Add a view; one that shows the array as it is is the array."""
        value = self.constant(x)
        shape = View(kind, argument).of(np.broadcast_to(np.zeros((), bool), value.shape)).shape
        if kind == "transpose" and argument is not None and tuple(argument) == (1, 0):
            argument = None
        if kind in ("reshape", "broadcast_to"):
            if shape == value.shape:
                return value
            argument = shape
            if isinstance(value.instruction, View) and value.instruction.kind == kind == "reshape":
                return self.view(value.inputs[0], kind, shape)
        return self.add(View(kind, argument), shape, value.dtype, value)

    def copy(self, x: Any, dtype: Any = None) -> Value:
        """Add a copy, perhaps in another precision."""
        dtype = x.dtype if dtype is None else np.dtype(dtype)
        return self.add(Copy(dtype), x.shape, dtype, x)


def _is_float(x: Any) -> bool:
    return isinstance(x, Value) and x.dtype.kind == "f"


def _stand_in(x: Any) -> Any:
    """One entry, to find the precision of a result; a Python number has none of its own."""
    return np.ones((), x.dtype) if isinstance(x, Value | np.ndarray | np.generic) else x


def _mean(program: Program, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if x.size == 0:
        raise NotImplementedError("the mean of no entries, which is NaN")
    total: Any = program.reduce(np.add, x, axis, keepdims)
    return total * (1 / max(x.size // max(total.size, 1), 1))


def _variance(program: Program, x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    squares = np.square(x - _mean(program, x, axis, keepdims=True))
    total = program.reduce(np.add, squares, axis, keepdims)
    freedom = max(x.size // max(total.size, 1) - ddof, 0)
    return total / freedom


def _clip(program: Program, x: Any, low: Any, high: Any) -> Any:
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _where(program: Program, condition: Any, a: Any, b: Any) -> Value:
    shape = np.broadcast_shapes(*map(np.shape, (condition, a, b)))
    dtype = np.where(True, _stand_in(a), _stand_in(b)).dtype
    if isinstance(condition, Value):  # masks are floating-point numbers here
        condition = program.add(Ufunc(np.not_equal), condition.shape, bool, condition, 0)
    else:
        condition = np.asarray(condition, bool)
    return program.add(Choose(), shape, dtype, condition, a, b)


def _join(program: Program, arrays: Sequence[Any], axis: int = 0, new: bool = False) -> Value:
    stand_ins = [np.broadcast_to(_stand_in(x), np.shape(x)) for x in arrays]
    result = (np.stack if new else np.concatenate)(stand_ins, axis=axis)
    before = (slice(None),) * (axis % result.ndim)
    parts, start = [], 0
    for x in stand_ins:
        stop = start + (1 if new else x.shape[axis])
        parts.append((*before, start if new else slice(start, stop)))
        start = stop
    return program.add(Place(tuple(parts), filled=True), result.shape, result.dtype, *arrays)


def _reducer(function: np.ufunc) -> Callable[..., Value]:
    return lambda program, x, axis=None, keepdims=False: program.reduce(function, x, axis, keepdims)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda program, x: x.shape,
    np.ndim: lambda program, x: x.ndim,
    np.size: lambda program, x: x.size,
    np.sum: _reducer(np.add),
    np.max: _reducer(np.maximum),
    np.min: _reducer(np.minimum),
    np.prod: _reducer(np.multiply),
    np.mean: _mean,
    np.var: _variance,
    np.std: lambda program, *args, **kwargs: np.sqrt(_variance(program, *args, **kwargs)),
    np.clip: _clip,
    np.where: _where,
    np.concatenate: _join,
    np.stack: lambda program, arrays, axis=0: _join(program, arrays, axis, new=True),
    np.reshape: lambda program, x, shape: program.view(x, "reshape", shape),
    np.transpose: lambda program, x, axes=None: program.view(x, "transpose", axes),
    np.broadcast_to: lambda program, x, shape: program.view(x, "broadcast_to", shape),
    np.vdot: lambda program, a, b: program.product(program.view(a, "reshape", -1), program.view(b, "reshape", -1)),
    np.dot: lambda program, a, b: program.product(a, b),
}
"""What a NumPy function becomes, and so what the forward rule of an operation may call."""
