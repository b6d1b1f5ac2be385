"""Symbols: they stand for arrays while a model is run once, to learn which operations it consists of."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partialmethod
from typing import Any

import numpy as np

from ... import operations as ops
from ...engine import next_number
from ...methods import FunctionMethods
from ...nn.dropout import KeepMask
from ...numpy_protocols import NumPyProtocols
from ...operations.operation import Operation
from ...tensor import Tensor
from ...values import constant


class CaptureError(Exception):
    """The model cannot be captured; the message says why, and the training goes on eagerly."""


@dataclass(eq=False, repr=False)
class Elementwise(Operation, registered=False):
    """A NumPy function without a derivative, such as a comparison."""

    function: np.ufunc

    name = "elementwise"

    def forward(self, *operands: Any) -> Any:
        return self.function(*operands)

    def vjp(self, position: int, g: Any, y: Any, operands: Sequence[Any]) -> Any:
        """No gradient flows."""
        return None


COMPARISONS = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal
}  # fmt: skip
LOGIC = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}
WITHOUT_DERIVATIVE = {
    *COMPARISONS.values(), *LOGIC.values(), np.logical_not, np.isfinite, np.isnan, np.isinf, np.sign
}  # fmt: skip
OPERATORS = {
    "add": ops.add, "sub": ops.subtract, "mul": ops.multiply, "truediv": ops.divide, "pow": ops.power,
    "matmul": ops.matmul,
}  # fmt: skip


class Symbol(FunctionMethods, NumPyProtocols):
    """An array of which only the shape and the precision are known, and how it is computed from others.

    It has what the reverse sweep needs of a tensor: so the backward pass of a captured model is found by the
    same rules as that of a tensor, and is captured as well.
    """

    __slots__ = ("_number", "_value", "inputs", "name", "operation")

    def __init__(self, shape: tuple[int, ...], dtype: Any, name: str | None = None) -> None:
        # A stand-in that takes no memory; zeros for whole numbers, which may be indices.
        self._value = np.broadcast_to(np.ones((), dtype) if np.dtype(dtype).kind == "f" else np.zeros((), dtype), shape)
        self._number = next_number()
        self.inputs: tuple[Any, ...] = ()
        self.operation: Operation | None = None
        self.name = name

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along the axes."""
        return self._value.shape

    @property
    def dtype(self) -> "np.dtype[Any]":
        """Precision."""
        return self._value.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self._value.size

    @property
    def label(self) -> str:
        """A few words for messages."""
        return f"{self.name or 'a value'} of shape {self.shape}"

    def _apply(self, operation: Operation, operands: tuple[Any, ...]) -> "Symbol":
        """Note an operation; its result on stand-ins tells shape and precision."""
        values, inputs = [], []
        for x in operands:
            if isinstance(x, Tensor):
                raise CaptureError(f"the model uses {x.label}, which is none of its parameters")
            inputs.append(x if isinstance(x, Symbol) else constant(x, operation))
            values.append(x._value if isinstance(x, Symbol) else inputs[-1])
        if isinstance(operation, KeepMask):
            result = values[0]  # the shape of it, without drawing random numbers
        else:
            with np.errstate(all="ignore"):
                result = operation.forward(*values)
        symbol = Symbol(np.shape(result), getattr(result, "dtype", float))
        symbol.operation = operation
        symbol.inputs = tuple(inputs)
        return symbol

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Note `np.tanh(x)`, `x > 0` and the like."""
        if method == "__call__" and not kwargs and ufunc in WITHOUT_DERIVATIVE:
            return Elementwise(ufunc)(*inputs)
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __getitem__(self, index: Any) -> Any:
        return ops.getitem(self, index)

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __neg__(self) -> Any:
        return ops.negative(self)

    def __abs__(self) -> Any:
        return ops.absolute(self)

    def __invert__(self) -> Any:
        if self.shape == () or self.dtype.kind != "b":  # for Python ~True is -2, for NumPy it is False
            raise CaptureError("the model computes ~ of something else than an array of bools")
        return self._mask(np.logical_not)

    def _mask(self, function: np.ufunc, *others: Any) -> Any:
        """Note `~mask` and the like; for whole numbers the signs have another meaning."""
        if any(np.result_type(x).kind != "b" for x in (self._value, *(getattr(x, "_value", x) for x in others))):
            return NotImplemented
        return Elementwise(function)(self, *others)

    def astype(self, dtype: Any) -> Any:
        """Convert: eagerly only arrays can, such as the inputs and masks."""
        return ops.astype(self, dtype)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise CaptureError("the model assigns to a part of an array")

    def _unknown(self, *_: Any) -> Any:
        raise CaptureError(
            "the model looks at the numbers themselves (an if, a float(), an index or a value taken from a tensor), "
            "so what it computes may differ from batch to batch"
        )

    __bool__ = __float__ = __int__ = __index__ = _unknown
    __array__ = _unknown  # type: ignore[assignment]
    value = property(_unknown)
    __hash__ = object.__hash__


def _operator(operation: Operation, swapped: bool) -> Callable[[Any, Any], Any]:
    if swapped:
        return lambda self, other: operation(other, self)
    return lambda self, other: operation(self, other)


for _name, _operation in OPERATORS.items():
    setattr(Symbol, f"__{_name}__", _operator(_operation, swapped=False))
    setattr(Symbol, f"__r{_name}__", _operator(_operation, swapped=True))
for _name, _function in COMPARISONS.items():
    setattr(Symbol, f"__{_name}__", _operator(Elementwise(_function), swapped=False))
for _name, _logic in LOGIC.items():
    setattr(Symbol, f"__{_name}__", partialmethod(Symbol._mask, _logic))
    setattr(Symbol, f"__r{_name}__", partialmethod(Symbol._mask, _logic))


@contextmanager
def parameters_as(symbols: dict[Tensor, Symbol], model: Any) -> Iterator[None]:
    """Put symbols in the places of a model's parameters while the block runs."""
    places = [
        (vars(module), attribute, value)
        for _, module in model.named_modules()
        for attribute, value in vars(module).items()
        if _holds_tensor(value)
    ]
    try:
        for attributes, name, value in places:
            attributes[name] = _replaced(value, symbols)
        yield
    finally:
        for attributes, name, value in places:
            attributes[name] = value


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return _holds_tensor([*value.values()])
    return isinstance(value, Tensor) or (isinstance(value, list | tuple) and any(map(_holds_tensor, value)))


def _replaced(value: Any, symbols: dict[Tensor, Symbol]) -> Any:
    if isinstance(value, Tensor):
        return symbols.get(value, value)
    if isinstance(value, dict):
        return {key: _replaced(x, symbols) for key, x in value.items()}
    if isinstance(value, list):
        return [_replaced(x, symbols) for x in value]
    if isinstance(value, tuple):
        replaced = tuple(_replaced(x, symbols) for x in value)
        return type(value)(*replaced) if hasattr(value, "_fields") else replaced  # a named tuple
    return value
