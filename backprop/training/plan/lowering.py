"""Operations become NumPy calls: by their own forward rules, and by a rule here where those are not straight NumPy."""

import math
from functools import singledispatch
from typing import Any

import numpy as np

from ...nn.dropout import KeepMask
from ...operations.activations import ELU, LeakyReLU
from ...operations.affine import Affine, affine
from ...operations.affine_activation import AffineActivation
from ...operations.arithmetic import Add
from ...operations.indexing import GetItem, Scatter
from ...operations.lookup import AddRows, Lookup
from ...operations.losses import CrossEntropy
from ...operations.operation import Operation
from ...operations.products import Dot, Einsum, MatMul
from ...operations.shapes import AsType, Pad
from . import instructions
from .program import Program, Value
from .symbols import CaptureError, Symbol


def lower(program: Program, symbol: Symbol, operands: tuple[Any, ...]) -> Any:
    """Add to a program what computes a symbol.

    Args:
        program: where the instructions go.
        symbol: the result of a captured operation.
        operands: its operands: values of the program, or constants.

    """
    assert symbol.operation is not None
    if symbol.dtype.kind == "b" and symbol.shape and isinstance(symbol.operation, Add):
        return np.maximum(*operands)  # masks are numbers here, and NumPy's sum of bools is not 2 but True
    if symbol.dtype.kind == "b" and isinstance(symbol.operation, Add | MatMul | Dot | Einsum):
        raise CaptureError(f"the model computes {symbol.operation.name} of masks")
    return _lower(symbol.operation, program, symbol, *operands)


@singledispatch
def _lower(operation: Operation, program: Program, symbol: Symbol, *operands: Any) -> Any:
    """Run the forward rule on values of the program: what it calls is added. Else it will be called as it is."""
    added = len(program.values)
    try:
        result = operation.forward(*operands)
    except NotImplementedError:  # it calls something for which there is no instruction
        program.forget(added)
        return _call(operation, program, symbol, *operands)
    return result


def _call(operation: Operation, program: Program, symbol: Symbol, *operands: Any) -> Value:
    return program.add(instructions.Call(operation.forward), symbol.shape, _precision(symbol, *operands), *operands)


def _precision(symbol: Symbol, *operands: Any) -> Any:
    """That of a symbol; but masks, and sums of them, are floating-point numbers in the program."""
    found = [x.dtype for x in operands if isinstance(x, Value) and x.dtype.kind == "f"]
    return symbol.dtype if symbol.dtype.kind == "f" or not found else np.result_type(*found)


@_lower.register
def _(operation: Affine, program: Program, symbol: Symbol, x: Any, weight: Any, bias: Any) -> Value:
    rows = program.view(x, "reshape", (math.prod(symbol.shape[:-1]), weight.shape[0]))
    return program.view(program.product(rows, weight) + bias, "reshape", symbol.shape)


@_lower.register
def _(operation: AffineActivation, program: Program, symbol: Symbol, *operands: Any) -> Any:
    return operation.activation.forward(_lower(affine, program, symbol, *operands))


@_lower.register
def _(operation: CrossEntropy, program: Program, symbol: Symbol, x: Any, targets: Any) -> Any:
    """The scalar product first: then the exponentials can take the place of the shifted logits."""
    shifted = x - np.max(x, axis=-1, keepdims=True)
    chosen = np.vdot(targets, shifted)
    logarithms = np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    if operation.weighted:
        logarithms = logarithms * np.sum(targets, axis=-1, keepdims=True)
    return (np.sum(logarithms) - chosen) * (1 / logarithms.size)


@_lower.register
def _(operation: LeakyReLU, program: Program, symbol: Symbol, x: Any) -> Any:
    return np.maximum(x, 0) + operation.slope * np.minimum(x, 0)


@_lower.register
def _(operation: ELU, program: Program, symbol: Symbol, x: Any) -> Any:
    return np.maximum(x, 0) + operation.alpha * np.expm1(np.minimum(x, 0))


@_lower.register
def _(operation: AsType, program: Program, symbol: Symbol, x: Any) -> Any:
    return x if x.dtype == symbol.dtype else program.copy(x, symbol.dtype)


@_lower.register
def _(operation: Dot, program: Program, symbol: Symbol, a: Any, b: Any) -> Any:
    if np.ndim(a) > 2 and np.ndim(b) == 2:
        rows = program.view(a, "reshape", (math.prod(np.shape(a)[:-1]), np.shape(a)[-1]))
        return program.view(program.product(rows, b), "reshape", symbol.shape)
    if max(np.ndim(a), np.ndim(b)) > 2 or min(np.ndim(a), np.ndim(b)) == 0:
        return _call(operation, program, symbol, a, b)
    return program.product(a, b)


@_lower.register
def _(operation: GetItem, program: Program, symbol: Symbol, x: Any) -> Value:
    if not _is_basic(operation.index):
        return _call(operation, program, symbol, x)
    selected = program.view(x, "getitem", operation.index)
    seen = instructions.View("getitem", operation.index).of(np.empty(np.shape(x), bool))
    # np.dot would copy a part with gaps each time that it is used.
    return selected if seen.flags.c_contiguous else program.copy(selected)


@_lower.register
def _(operation: Scatter, program: Program, symbol: Symbol, x: Any) -> Value:
    if not _is_basic(operation.index):
        return _call(operation, program, symbol, x)
    index = operation.index if isinstance(operation.index, tuple) else (operation.index,)
    return program.add(instructions.Place((index,), filled=False), symbol.shape, _precision(symbol, x), x)


@_lower.register
def _(operation: Pad, program: Program, symbol: Symbol, x: Any) -> Value:
    inner = tuple(slice(before, before + size) for (before, _), size in zip(operation.width, np.shape(x), strict=True))
    place = instructions.Place((inner,), filled=False, constant=operation.constant)
    return program.add(place, symbol.shape, _precision(symbol, x), x)


@_lower.register
def _(operation: Lookup, program: Program, symbol: Symbol, table: Any, indices: Any) -> Value:
    return program.add(instructions.Take(), symbol.shape, _precision(symbol, table), table, indices)


@_lower.register
def _(operation: AddRows, program: Program, symbol: Symbol, rows: Any, indices: Any) -> Value:
    return program.add(instructions.AddRows(), symbol.shape, symbol.dtype, rows, indices)


@_lower.register
def _(operation: KeepMask, program: Program, symbol: Symbol, x: Any) -> Any:
    drawn = program.add(instructions.Draw(operation.generator, len(program.values)), symbol.shape, np.float32)
    kept = program.add(
        instructions.Ufunc(np.greater_equal), symbol.shape, symbol.dtype, drawn, np.float32(operation.rate)
    )
    return kept * symbol.dtype.type(1 / (1 - operation.rate))


def _is_basic(index: Any) -> bool:
    """Whether an index selects a view: whole numbers, slices, None and Ellipsis."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or (isinstance(part, int | slice | np.integer) and not isinstance(part, bool))
        for part in parts
    )
