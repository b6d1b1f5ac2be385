"""Which operation answers when a NumPy function is called on a tensor."""

from collections.abc import Callable
from difflib import get_close_matches
from inspect import signature
from typing import Any

import numpy as np

from . import operations as ops
from .values import value_of


def _reduction(operation: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction as NumPy is called: after the axis, where NumPy has `dtype` and `out`, only names."""
    return lambda x, axis=None, *, keepdims=False: operation(x, axis, keepdims)


UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: ops.add,
    np.subtract: ops.subtract,
    np.multiply: ops.multiply,
    np.divide: ops.divide,
    np.negative: ops.negative,
    np.power: ops.power,
    np.float_power: ops.power,
    np.square: lambda x: ops.power(x, 2),
    np.reciprocal: ops.reciprocal,
    np.sqrt: ops.sqrt,
    np.abs: ops.absolute,
    np.fabs: ops.absolute,
    np.exp: ops.exp,
    np.expm1: ops.expm1,
    np.log: ops.log,
    np.log1p: ops.log1p,
    np.sin: ops.sin,
    np.cos: ops.cos,
    np.tan: ops.tan,
    np.sinh: ops.sinh,
    np.cosh: ops.cosh,
    np.tanh: ops.tanh,
    np.maximum: ops.maximum,
    np.minimum: ops.minimum,
    np.matmul: ops.matmul,
    np.less: lambda a, b: _values(np.less, a, b),
    np.less_equal: lambda a, b: _values(np.less_equal, a, b),
    np.greater: lambda a, b: _values(np.greater, a, b),
    np.greater_equal: lambda a, b: _values(np.greater_equal, a, b),
    np.equal: lambda a, b: _values(np.equal, a, b),
    np.not_equal: lambda a, b: _values(np.not_equal, a, b),
    np.isfinite: lambda x: _values(np.isfinite, x),
    np.isnan: lambda x: _values(np.isnan, x),
    np.isinf: lambda x: _values(np.isinf, x),
    np.sign: lambda x: _values(np.sign, x),
}

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _reduction(ops.sum_),
    np.mean: _reduction(ops.mean),
    np.prod: _reduction(ops.prod),
    np.max: _reduction(ops.max_),
    np.amax: _reduction(ops.max_),
    np.min: _reduction(ops.min_),
    np.amin: _reduction(ops.min_),
    np.var: lambda x, axis=None, *, ddof=0, keepdims=False: ops.var(x, axis, keepdims, ddof),
    np.std: lambda x, axis=None, *, ddof=0, keepdims=False: ops.std(x, axis, keepdims, ddof),
    np.cumsum: ops.cumsum,
    np.dot: ops.dot,
    np.outer: ops.outer,
    np.einsum: ops.einsum,
    np.reshape: ops.reshape,
    np.ravel: lambda x: ops.reshape(x, -1),
    np.transpose: ops.transpose,
    np.swapaxes: ops.swapaxes,
    np.expand_dims: ops.expand_dims,
    np.squeeze: ops.squeeze,
    np.broadcast_to: ops.broadcast_to,
    np.concatenate: ops.concatenate,
    np.stack: ops.stack,
    np.pad: lambda x, pad_width, mode="constant", constant_values=0.0: _pad(x, pad_width, mode, constant_values),
    np.where: ops.where,
    np.clip: lambda x, a_min=None, a_max=None: ops.clip(x, a_min, a_max),
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
    np.zeros_like: lambda x: np.zeros(x.shape, x.dtype),
    np.ones_like: lambda x: np.ones(x.shape, x.dtype),
}


class NumPyProtocols:
    """What NumPy calls on a tensor that is given to one of its functions, or put into an array."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Record `np.tanh(x)` and the like."""
        if method != "__call__" or ufunc not in UFUNCS or kwargs:
            raise _unsupported(ufunc, method, kwargs)
        return UFUNCS[ufunc](*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Record `np.sum(x, axis=0)`, `np.concatenate([x, y])` and the like."""
        if function not in FUNCTIONS:
            raise _unsupported(function)
        try:
            return FUNCTIONS[function](*args, **kwargs)
        except TypeError as error:
            _refuse_arguments(function, args, kwargs, error)
            raise

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Refuse: the array would have lost the graph without a word."""
        raise TypeError(
            "a tensor cannot be put into a NumPy array, which would lose its graph. To keep the graph, join tensors "
            "with backprop.stack or backprop.concatenate; for the numbers alone, use .value"
        )


REDUCTIONS = {"add": "np.sum", "multiply": "np.prod", "maximum": "np.max", "minimum": "np.min"}
"""What to write in place of `ufunc.reduce`."""

INSTEAD = {
    "allclose": "np.allclose on the values",
    "append": "np.concatenate",
    "array_equal": "np.array_equal on the values",
    "arctan2": "no operation of this package; build it from those in backprop.operations",
    "column_stack": "np.concatenate or np.stack",
    "copy": "the tensor itself, which never changes",
    "cumprod": "np.exp(np.cumsum(np.log(x))) for positive numbers",
    "diagonal": "np.einsum('ii->i', x)",
    "dstack": "np.concatenate or np.stack",
    "exp2": "2**x",
    "flip": "a slice such as x[::-1]",
    "hstack": "np.concatenate",
    "hypot": "np.sqrt(a * a + b * b)",
    "inner": "np.dot or np.einsum",
    "isclose": "np.isclose on the values",
    "log10": "np.log(x) / np.log(10)",
    "log2": "np.log(x) / np.log(2)",
    "logaddexp": "backprop.logsumexp",
    "moveaxis": "np.transpose",
    "norm": "np.sqrt(np.sum(x * x))",
    "positive": "the tensor itself",
    "ptp": "np.max(x) - np.min(x)",
    "split": "slices such as x[:3]",
    "tensordot": "np.einsum",
    "tile": "np.concatenate or np.broadcast_to",
    "trace": "np.einsum('ii', x)",
    "vdot": "np.dot",
    "vstack": "np.concatenate or np.stack",
}
"""What to write in place of a NumPy function that is not supported."""


def _refuse_arguments(function: Any, args: Any, kwargs: Any, error: TypeError) -> None:
    """Raise a clearer error if the operation does not take what the NumPy function takes, such as `out`."""
    try:
        signature(FUNCTIONS[function]).bind(*args, **kwargs)
    except TypeError as mismatch:
        takes = ", ".join(signature(FUNCTIONS[function]).parameters)
        raise TypeError(f"{_name(function)} on a tensor takes ({takes}): {mismatch}") from error


def _name(function: Any) -> str:
    module = (getattr(function, "__module__", None) or "numpy").removeprefix("numpy").lstrip(".")
    return f"np.{module}.{function.__name__}" if module in ("linalg", "fft", "random") else f"np.{function.__name__}"


def _unsupported(function: Any, method: str = "__call__", kwargs: Any = ()) -> TypeError:
    """Return the error for a NumPy function that has no gradient here; it names what to use."""
    name = _name(function) + ("" if method == "__call__" else f".{method}")
    if "out" in kwargs:
        return TypeError(f"{name} with out= would overwrite a value: leave out= away and use the result")
    if kwargs:
        return TypeError(f"{name} on a tensor takes no {', '.join(kwargs)}; call it with the operands alone")
    if method == "reduce":
        instead = REDUCTIONS.get(function.__name__)
    else:
        instead = INSTEAD.get(function.__name__) or _nearest(function.__name__)
    advice = f"use {instead}" if instead else "the operations that are supported are in backprop.operations"
    return TypeError(f"{name} is not supported on tensors: {advice}; for the numbers alone, call it on .value")


def _nearest(name: str) -> str:
    known = [f.__name__ for f in (*UFUNCS, *FUNCTIONS)]
    return " or ".join(f"np.{n}" for n in get_close_matches(name, known, n=2, cutoff=0.85))


def _values(function: np.ufunc, *operands: Any) -> Any:
    """Call a function that has no derivative on the values."""
    return function(*map(value_of, operands))


def _pad(x: Any, width: Any, mode: str, constant: float) -> Any:
    if mode != "constant":
        raise TypeError(f"np.pad on a tensor supports mode='constant' only, not {mode!r}")
    return ops.pad(x, width, constant)
