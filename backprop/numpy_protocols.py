"""Which operation answers when a NumPy function is called on a tensor."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np

from . import operations as ops

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
    np.sum: ops.sum_,
    np.mean: ops.mean,
    np.prod: ops.prod,
    np.max: ops.max_,
    np.min: ops.min_,
    np.var: ops.var,
    np.std: ops.std,
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
    np.clip: ops.clip,
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
        return FUNCTIONS[function](*args, **kwargs)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Refuse: the array would have lost the graph without a word."""
        raise TypeError(
            "a tensor cannot be put into a NumPy array, which would lose its graph. To keep the graph, join tensors with "
            "backprop.stack or backprop.concatenate; for the numbers alone, use .value"
        )


def _unsupported(function: Any, method: str = "__call__", kwargs: Any = ()) -> TypeError:
    """Return the error for a NumPy function that has no gradient here; it names the nearest one that has."""
    name = f"np.{function.__name__}" + ("" if method == "__call__" else f".{method}")
    if "out" in kwargs:
        return TypeError(f"{name} with out= would overwrite a value: leave out= away and use the result")
    if kwargs:
        return TypeError(f"{name} on a tensor takes no {', '.join(kwargs)}; call it with the operands alone")
    known = {f.__name__: f for f in (*UFUNCS, *FUNCTIONS)}
    if method == "reduce":
        near = {"add": ["sum"], "multiply": ["prod"], "maximum": ["max"], "minimum": ["min"]}.get(function.__name__, [])
    else:
        near = get_close_matches(function.__name__, known, n=3, cutoff=0.5)
    hint = f"the nearest that is: {', '.join(f'np.{n}' for n in near)}" if near else "see backprop.operations"
    return TypeError(f"{name} is not supported on tensors ({hint}); for the numbers alone, call it on .value")


def _values(function: np.ufunc, *operands: Any) -> Any:
    """Call a function that has no derivative on the values."""
    return function(*(x._value if hasattr(x, "_apply") else x for x in operands))


def _pad(x: Any, width: Any, mode: str, constant: float) -> Any:
    if mode != "constant":
        raise TypeError(f"np.pad on a tensor supports mode='constant' only, not {mode!r}")
    return ops.pad(x, width, constant)
