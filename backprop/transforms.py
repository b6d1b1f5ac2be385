"""Functions that turn a function into its derivatives. They nest: `grad(grad(f))` is the second derivative.

Arguments are numbers, arrays, nested lists or tensors. Results are numbers and arrays, unless an argument is a
tensor, or the function uses a tensor that was there before: then they are tensors, recorded, and can be
differentiated again.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .engine import history, recording, seed_for
from .errors import GraphError
from .operations import astype, multiply, reshape, stack, sum_
from .operations.operation import Value
from .sweep import sweep
from .tensor import Tensor

Function: TypeAlias = Callable[..., Any]


def grad(f: Function, argument: int | tuple[int, ...] = 0) -> Function:
    """Gradient of a scalar function.

    Args:
        f: function of numbers or arrays whose result is a scalar.
        argument: position of the argument to differentiate with respect to, or several.

    Returns:
        A function of the same arguments that gives the gradient, in the shape of the argument; a tuple of
        gradients for several.

    Raises:
        GraphError: (when called) the result of f is not a scalar.

    >>> from backprop import sin
    >>> grad(sin)(0.0)
    1.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0

    """
    with_value = value_and_grad(f, argument)
    return lambda *args, **kwargs: with_value(*args, **kwargs)[1]


def value_and_grad(f: Function, argument: int | tuple[int, ...] = 0) -> Function:
    """Value and gradient of a scalar function, from one forward and one backward pass; see `grad`.

    >>> value_and_grad(lambda x, y, z: (x + y) * z, (0, 1, 2))(1.0, 3.0, -3.0)
    (-12.0, (-3.0, -3.0, 4.0))
    """
    positions = (argument,) if isinstance(argument, int) else argument

    def wrapped(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        leaves, nested = _leaves([_positional(args, i) for i in positions])
        new_args = list(args)
        for i, leaf in zip(positions, leaves, strict=True):
            new_args[i] = leaf
        with recording():
            y = _tensor(f(*new_args, **kwargs))
            nested = nested or _uses_others(y, leaves)
            gradients = _pull(y, None, leaves, nested)
        value = y if nested else y.value
        return value, gradients[0] if isinstance(argument, int) else gradients

    return wrapped


def vjp(f: Function, *args: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Value of f, and the function that pulls an upstream gradient back to the arguments: u ↦ uᵀ J.

    Returns:
        (y, pullback); `pullback(u)`, with u of the shape of y, gives one gradient for each argument.

    >>> y, pullback = vjp(lambda a, b: a * b, 2.0, 5.0)
    >>> pullback(1.0)
    (5.0, 2.0)

    """
    leaves, nested = _leaves(args)
    with recording():
        y = _tensor(f(*leaves))
        nested = nested or _uses_others(y, leaves)

    def pullback(u: Any) -> tuple[Any, ...]:
        with recording():
            return _pull(y, u, leaves, nested or isinstance(u, Tensor))

    return (y if nested else y.value), pullback


def jvp(f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Value of f, and its directional derivative: the Jacobian times the tangents.

    The VJP is linear in the upstream gradient u, so its own VJP is the JVP: no forward-mode rules are needed
    (J. Townsend, "A new trick for calculating Jacobian vector products", 2017).

    Args:
        f: function of `len(args)` numbers or arrays.
        args: where to differentiate.
        tangents: one direction for each argument, of its shape.

    Raises:
        ValueError: a tangent has another shape than its argument.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)

    """
    if len(args) != len(tangents):
        raise ValueError(f"jvp: {len(args)} arguments need {len(args)} tangents, not {len(tangents)}")
    for i, (x, v) in enumerate(zip(args, tangents, strict=True)):
        if np.shape(x) != np.shape(v):
            raise ValueError(f"jvp: argument {i} has shape {np.shape(x)}, its tangent {np.shape(v)}; they must agree")
    leaves, nested = _leaves([*args, *tangents])
    points, directions = leaves[: len(args)], leaves[len(args) :]
    with recording():
        y = _tensor(f(*points))
        nested = nested or _uses_others(y, leaves)
        u = _zero(y)
        along = Tensor(0.0)
        for gradient, v in zip(_pull(y, u, points, record=True), directions, strict=True):
            along = along + sum_(multiply(gradient, v))
        tangent = _pull(along, None, [u], nested)[0] if along.operation else _zero(y).value
    return (y if nested else y.value), tangent


def jacobian(f: Function, argument: int = 0) -> Function:
    """All partial derivatives of all entries of the result of f.

    Returns:
        A function of the same arguments that gives an array of shape `result.shape + argument.shape`: one
        backward pass for each entry of the result.

    >>> jacobian(lambda x: x**2)([1.0, 2.0])
    array([[2., 0.],
           [0., 4.]])

    """

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        leaves, nested = _leaves([_positional(args, argument)])
        with recording():
            y = _tensor(f(*args[:argument], *leaves, *args[argument + 1 :], **kwargs))
            nested = nested or _uses_others(y, leaves)
            rows: list[Any] = []
            for i in range(y.size):
                unit = np.zeros(y.size)
                unit[i] = 1
                rows += _pull(y, unit.reshape(y.shape), leaves, nested)
            shape = y.shape + leaves[0].shape
            if nested:
                return reshape(stack(rows), shape) if rows else _zero_of(shape, leaves[0])
            return np.reshape(np.array(rows, leaves[0].dtype), shape)[()]

    return wrapped


def hessian(f: Function, argument: int = 0) -> Function:
    """All second partial derivatives of a scalar function: shape `argument.shape + argument.shape`.

    >>> hessian(lambda x: x[0] * x[1])([3.0, 4.0])
    array([[0., 1.],
           [1., 0.]])
    """
    return jacobian(grad(f, argument), argument)


def hvp(f: Function, x: Any, v: Any) -> Any:
    """Hessian of a scalar function at x times v, without forming the Hessian.

    >>> hvp(lambda x: x[0] ** 2 * x[1], [1.0, 3.0], [1.0, 0.0])
    array([6., 2.])
    """
    if np.shape(x) != np.shape(v):
        raise ValueError(f"hvp: x has shape {np.shape(x)} and v {np.shape(v)}; they must agree")
    return grad(lambda x: sum_(multiply(grad(f)(x), v)))(x)


def _positional(args: tuple[Any, ...], i: int) -> Any:
    if not -len(args) <= i < len(args):
        raise TypeError(
            f"the derivative with respect to argument {i} is asked for, but {len(args)} were given; "
            "give the arguments to differentiate with respect to by position, not by name"
        )
    return args[i]


def _leaves(args: Sequence[Any]) -> tuple[list[Tensor], bool]:
    """A tensor for each argument to differentiate with respect to; and whether an outer derivative is being taken.

    A tensor is passed through an operation that changes nothing: a node of its own, whose gradient counts only
    what this function does with it, and which stays linked to the outer graph.
    """
    with recording():
        leaves = [astype(x, x.dtype) if isinstance(x, Tensor) else Tensor(x) for x in args]
    return leaves, any(isinstance(x, Tensor) for x in args)


def _uses_others(y: Tensor, leaves: Sequence[Tensor]) -> bool:
    """Whether y depends on a tensor that is older than the leaves: a variable of an outer function, say."""
    first = min((leaf._number for leaf in leaves), default=0)
    return any(
        isinstance(x, Tensor) and x.operation is None and x._number < first
        for node in history(y)
        for x in (node, *node.inputs)
    )


def _tensor(y: Any) -> Tensor:
    """Result of a function as a tensor; one that does not depend on any tensor is a constant."""
    if isinstance(y, Tensor):
        return y
    if isinstance(y, tuple | list | dict):
        raise GraphError(
            f"the function gave a {type(y).__name__}; to be differentiated it must give one number or array"
        )
    return Tensor(y)


def _pull(y: Tensor, u: Any, leaves: Sequence[Tensor], record: bool) -> tuple[Any, ...]:
    """Gradients of y with respect to the leaves, 0 where y does not depend on them."""
    found: dict[Tensor, Value] = {}
    if y.operation is not None:
        seed = u if isinstance(u, Tensor) else seed_for(y, u)
        found = dict(sweep(y, seed, record))
    elif y.size != 1 and u is None:
        raise GraphError(
            f"the result has shape {y.shape}; only a scalar has a gradient. Use jacobian, or vjp with a seed"
        )
    gradients = (found.get(leaf) for leaf in leaves)
    made = [_zero(leaf).value if g is None else g for leaf, g in zip(leaves, gradients, strict=True)]
    if record:
        return tuple(g if isinstance(g, Tensor) else Tensor(g) for g in made)
    return tuple(np.array(g) if isinstance(g, np.ndarray) else g for g in made)


def _zero(x: Tensor) -> Tensor:
    return Tensor(0.0) if type(x._value) is float else Tensor(np.zeros(x.shape, x.dtype))


def _zero_of(shape: tuple[int, ...], like: Tensor) -> Tensor:
    return Tensor(np.zeros(shape, like.dtype))
