"""Tensor: a value, the operation that made it, and its ordered operands."""

import sys
from collections.abc import Iterator
from opcode import opmap
from typing import Any

import numpy as np

from . import operations as ops
from .comparisons import Comparisons
from .engine import MANY, is_recording, next_number, number_of_assignment, seed_for
from .errors import GraphError, InPlaceError, ShapeError
from .frozen import FrozenArray, freeze
from .methods import FunctionMethods
from .numpy_protocols import NumPyProtocols
from .operations.operation import Operation
from .sweep import sweep
from .values import as_type, constant, own, real

_STORE_SUBSCR = opmap["STORE_SUBSCR"]
_new = object.__new__
_array = np.ndarray


class Tensor(FunctionMethods, Comparisons, NumPyProtocols):
    """A number or an array that remembers how it was computed.

    Args:
        value: a number, or an array or nested list of real numbers. Whole numbers become floating-point
            numbers; a single number becomes a Python float. Arrays are copied.
        name: what tables, figures and messages call it.

    Attributes:
        grad: derivative of the last output on which `backward()` was called with respect to this tensor,
            in the shape and precision of the value. None means that it was not computed, which is not 0.
        name: see above.
        operation: the operation that made this tensor, or None for a leaf.

    Raises:
        TypeError: the value is not made of real numbers.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> g = (x + y) * z
    >>> g.backward()
    >>> g.value, x.grad, y.grad, z.grad
    (-12.0, -3.0, -3.0, 4.0)

    """

    # One or two operands are in two slots: with a tuple for each tensor, Python's garbage collector has twice
    # as many objects to visit, and scalar graphs take half as long again.
    __slots__ = ("_first", "_number", "_second", "_value", "grad", "name", "operation")

    def __init_subclass__(cls) -> None:
        raise TypeError("Tensor cannot be subclassed: a subclass would be taken for a constant. Hold a tensor instead")

    def __init__(self, value: Any, name: str | None = None) -> None:
        self._value: Any = value if type(value) is float else real(value)
        self._first: Any = None
        self._second: Any = None
        self._number = next_number()
        self.grad: Any = None
        self.name = name
        self.operation: Operation | None = None

    @property
    def value(self) -> Any:
        """The number, or the array as a read-only view. A leaf can be assigned a new value.

        Raises:
            InPlaceError: on assignment to a computed tensor.
            ValueError: on assignment of another shape.

        """
        value = self._value
        return freeze(value).view(FrozenArray) if isinstance(value, np.ndarray) else value

    @value.setter
    def value(self, value: Any) -> None:
        if self.operation is not None:
            raise InPlaceError(
                f"{self.label} was computed by {self.operation.name}: its value cannot be replaced. "
                "Assign to the tensors that it was computed from, and compute it again"
            )
        value = real(value)
        if np.shape(value) != self.shape:
            raise ValueError(f"cannot assign a value of shape {np.shape(value)} to a tensor of shape {self.shape}")
        self._value = value if type(value) is type(self._value) is float else as_type(value, self._value)
        self._number = number_of_assignment()

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The operands, in order: tensors, and constants as they were given. Empty for a leaf."""
        if self._second is None:
            return () if self._first is None else (self._first,)
        return self._first if self._second is MANY else (self._first, self._second)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along the axes; () for a number."""
        return np.shape(self._value)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return np.ndim(self._value)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.size(self._value))

    @property
    def dtype(self) -> "np.dtype[Any]":
        """Precision: that of the array, or float64 for a number."""
        return np.dtype(float) if type(self._value) is float else self._value.dtype

    @property
    def label(self) -> str:
        """A few words for messages: the name if there is one, else the operation or "a leaf", and the shape."""
        what = "a leaf" if self.operation is None else f"the result of {self.operation.name}"
        shape = f" of shape {self.shape}" if self.shape else ""
        return f"{self.name or what}{shape}"

    def named(self, name: str) -> "Tensor":
        """Give this tensor a name and return it: `p = (x + y).named("p")`."""
        self.name = name
        return self

    def backward(self, seed: Any = None) -> None:
        """Compute the derivatives of this tensor with respect to all that it was computed from, into `.grad`.

        Calling it again gives the same answer: nothing is added to an earlier one.

        Args:
            seed: upstream gradient, of the shape of this tensor; 1 for a scalar.

        Raises:
            GraphError: this tensor is a constant, or is not a scalar and has no seed.
            InPlaceError: a value was changed after it was used.

        """
        seen: set[int] = set()
        for x, gradient in sweep(self, seed_for(self, seed)):
            x.grad = gradient if type(gradient) is float else own(gradient, seen)

    # Arithmetic. Python numbers are computed here, with nothing in between; all else is the operation's.

    def __add__(self, other: Any) -> "Tensor":
        a = self._value
        b = other._value if type(other) is Tensor else other
        if type(a) is float and (type(b) is float or type(b) is int):
            return _record(a + b, ops.add, self, other)
        return _arithmetic(ops.add, self, other)

    def __radd__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.add, other, self)

    def __sub__(self, other: Any) -> "Tensor":
        a = self._value
        b = other._value if type(other) is Tensor else other
        if type(a) is float and (type(b) is float or type(b) is int):
            return _record(a - b, ops.subtract, self, other)
        return _arithmetic(ops.subtract, self, other)

    def __rsub__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.subtract, other, self)

    def __mul__(self, other: Any) -> "Tensor":
        a = self._value
        b = other._value if type(other) is Tensor else other
        if type(a) is float and (type(b) is float or type(b) is int):
            return _record(a * b, ops.multiply, self, other)
        return _arithmetic(ops.multiply, self, other)

    def __rmul__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.multiply, other, self)

    def __truediv__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.divide, self, other)

    def __rtruediv__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.divide, other, self)

    def __pow__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.power, self, other)

    def __rpow__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.power, other, self)

    def __matmul__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.matmul, self, other)

    def __rmatmul__(self, other: Any) -> "Tensor":
        return _arithmetic(ops.matmul, other, self)

    def __neg__(self) -> "Tensor":
        return self._apply(ops.negative, (self,))

    def __pos__(self) -> "Tensor":
        return self

    def __abs__(self) -> "Tensor":
        return self._apply(ops.absolute, (self,))

    def __getitem__(self, index: Any) -> "Tensor":
        return ops.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise InPlaceError(
            "a tensor cannot be changed in place: operations may have used it. "
            "Build the array first, with stack, concatenate or where, or assign a new value to a leaf"
        )

    # Conversions.

    def __float__(self) -> float:
        return float(self._scalar("float"))

    def __int__(self) -> int:
        return int(self._scalar("int"))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a tensor of shape () is one number: it has no length, and cannot be iterated over")
        return len(self._value)

    def __iter__(self) -> "Iterator[Tensor]":
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __repr__(self) -> str:
        value = (
            repr(self._value)
            if type(self._value) is float
            else np.array2string(np.asarray(self._value), separator=", ")
        )
        dtype = "" if self.dtype == float else f", dtype={self.dtype}"
        name = "" if self.name is None else f", name={self.name!r}"
        made = "" if self.operation is None else f", operation={self.operation.name}"
        return f"Tensor({value}{dtype}{name}{made})"

    def __reduce__(self) -> Any:
        if self.operation is not None:
            raise GraphError(f"{self.label} was computed: pickling or copying it would lose its graph. Use its .value")
        return Tensor, (self._value, self.name)

    def _scalar(self, kind: str) -> Any:
        # `array[i] = tensor` makes NumPy ask for a float, and not for `__array__`: the graph would be lost.
        caller = sys._getframe(2)
        if caller.f_code.co_code[caller.f_lasti] == _STORE_SUBSCR:
            self.__array__()
        if self.size != 1:
            raise TypeError(f"a tensor of shape {self.shape} is not one number: {kind}() cannot convert it")
        return self._value if type(self._value) is float else self._value.item()

    def _apply(self, operation: Operation, operands: tuple[Any, ...]) -> "Tensor":
        """Compute an operation of which at least one operand is a tensor, and record it."""
        values = []
        copied = False
        for x in operands:
            if type(x) is Tensor:
                values.append(x._value)
            else:
                kept = constant(x, operation)
                values.append(kept)
                if kept is not x:
                    copied = True
        if copied:
            operands = tuple([x if type(x) is Tensor else kept for x, kept in zip(operands, values, strict=True)])
        try:
            value = operation.forward(*values)
        except ValueError as error:
            raise ShapeError(operation.misfit([np.shape(v) for v in values], error)) from error
        if type(value) is _array:
            value.setflags(False)  # type: ignore[call-arg]  # a fourth of the time of `flags.writeable = False`
        count = len(operands)
        if count == 1:
            return _record(value, operation, operands[0])
        if count == 2:
            return _record(value, operation, operands[0], operands[1])
        return _record(np.float64(value) if type(value) is float else value, operation, operands, MANY)


def _record(value: Any, operation: Operation, first: Any, second: Any = None) -> Tensor:
    """Return a new tensor that remembers its operation and operands, unless recording is off."""
    tensor = _new(Tensor)
    tensor._value = value
    tensor.grad = tensor.name = None
    tensor._number = next_number()
    if is_recording():
        tensor.operation = operation
        tensor._first = first
        tensor._second = second
    else:
        tensor.operation = tensor._first = tensor._second = None
    return tensor


def _arithmetic(operation: Operation, a: Any, b: Any) -> Tensor:
    """An operator applied to a tensor and something: NotImplemented for what is neither number, array nor tensor."""
    for x in (a, b):
        if not isinstance(x, Tensor | float | int | np.ndarray | np.generic | list):
            return NotImplemented
    return (a if type(a) is Tensor else b)._apply(operation, (a, b))
