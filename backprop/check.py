"""Two questions to a graph: which operation has a wrong gradient, and which first made a NaN or an infinity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .engine import history, seed_for
from .errors import GraphError
from .operations.operation import Operation
from .sweep import pull_back, sweep
from .tensor import Tensor
from .values import value_of


class GradientError(GraphError):
    """A gradient that disagrees with finite differences."""


@dataclass(frozen=True)
class Mismatch:
    """The largest disagreement between a gradient and central differences."""

    position: int
    """Which argument or operand, counted from 0."""
    index: tuple[int, ...]
    """Which entry of it."""
    derivative: float
    difference: float
    error: float
    """Distance of the two, relative to the larger of 1 and the largest of their entries."""


def check_gradients(f: Callable[..., Any], *args: Any, step: float = 1e-6, tolerance: float = 1e-6) -> float:
    """Compare the gradients of f with central differences, in float64.

    Args:
        f: function of numbers or arrays. If its result is not a scalar, a fixed weighted sum of it is checked.
        args: where to check; all are differentiated.
        step: half the distance of the two points of a difference.
        tolerance: largest error allowed, relative to the gradient (to 1 where that is smaller).

    Returns:
        The largest relative error.

    Raises:
        GradientError: an error exceeds the tolerance. The message names the operation whose VJP is at fault, or
            says that f itself is not smooth there, when every operation passes by itself.

    >>> check_gradients(lambda x, y: (x + y) * x, 1.0, 3.0) < 1e-8
    True

    """
    leaves = [Tensor(np.asarray(a.value if isinstance(a, Tensor) else a, dtype=np.float64)) for a in args]
    y = f(*leaves)
    if not isinstance(y, Tensor) or y.operation is None:
        raise GraphError("the result of the function does not depend on its arguments through recorded operations")
    seed = _weights(y.shape)
    found = dict(sweep(y, seed_for(y, seed)))
    worst = _worst(
        lambda *values: value_of(f(*map(Tensor, values))),
        [leaf.value for leaf in leaves],
        [found.get(leaf) for leaf in leaves],
        seed,
        step,
    )
    if worst.error <= tolerance:
        return worst.error
    raise GradientError(
        f"the gradient with respect to argument {worst.position}, entry {worst.index}, is {worst.derivative:.9g}, but "
        f"central differences give {worst.difference:.9g} (error {worst.error:.1e}): {_culprit(y, step, tolerance)}"
    )


def check_operation(operation: Operation, *operands: Any, step: float = 1e-6, weights: Any = None) -> Mismatch:
    """Compare the VJPs of one operation with central differences of its forward rule, at the given operands.

    Returns:
        The largest disagreement over the operands that receive a gradient.

    """
    values = [np.asarray(x, np.float64) if np.asarray(x).dtype.kind == "f" else x for x in operands]
    leaves = [Tensor(v) if isinstance(v, np.ndarray) else v for v in values]
    y = operation(*leaves)
    seed = _weights(y.shape) if weights is None else weights
    gradients: list[Any] = [None] * len(values)
    for position, _, contribution in pull_back(y, seed):
        gradients[position] = contribution
    return _worst(lambda *moved: operation.forward(*moved), values, gradients, seed, step)


def first_nonfinite(output: Tensor, gradients: bool = False) -> str | None:
    """Say which operation first made a NaN or an infinity, or None if none did.

    Args:
        output: what was computed.
        gradients: look at the backward pass from a scalar `output` as well, if the forward pass is clean.

    >>> from backprop import Tensor, log
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     y = (log(Tensor(0.0, "x")) + 1.0) * 2.0
    >>> first_nonfinite(y)
    'log made -inf from x = 0.0'

    """
    if output.operation is None:
        return None if _finite(output._value) else f"{output.label} is not finite: {_some(output._value)}"
    nodes = history(output)
    for node in nodes:
        for x in node.inputs:
            if not _finite(value_of(x)) and (not isinstance(x, Tensor) or x.operation is None):
                return f"{_called(x)} is not finite before any operation: {_some(value_of(x))}"
        if not _finite(node._value):
            return f"{node.operation!r} made {_some(node._value)} from {', '.join(map(_called, node.inputs))}"
    if gradients:
        found = dict(sweep(output, seed_for(output)))
        for node in reversed(nodes):
            for position, x, contribution in pull_back(node, found[node]):
                if not _finite(contribution):
                    return (
                        f"the backward pass of {node.operation!r} made {_some(contribution)} for its operand "
                        f"{position}, {_called(x)}, from the upstream gradient {_some(found[node])}"
                    )
    return None


def _weights(shape: tuple[int, ...]) -> Any:
    """Different weights of about 1 for the entries of a result: errors in two entries cannot cancel. 1 for a scalar."""
    if shape == ():
        return 1.0
    return 1 + 0.5 * np.sin(1 + np.arange(np.prod(shape, dtype=int), dtype=float)).reshape(shape)


def _worst(function: Any, values: list[Any], gradients: list[Any], seed: Any, step: float) -> Mismatch:
    """Central differences for every entry of every value that has a gradient."""
    worst = Mismatch(0, (), 0.0, 0.0, 0.0)
    for position, (value, gradient) in enumerate(zip(values, gradients, strict=True)):
        if gradient is None:
            continue
        differences = np.empty(np.shape(value))
        for index in np.ndindex(np.shape(value)):
            ends = []
            for offset in (step, -step):
                moved = np.array(value)
                moved[index] += offset
                ends.append(np.asarray(function(*values[:position], moved, *values[position + 1 :])))
            differences[index] = np.sum(seed * (ends[0] - ends[1])) / (2 * step)
        errors = np.abs(differences - gradient) / max(
            1.0, np.max(np.abs(differences), initial=0), np.max(np.abs(gradient), initial=0)
        )
        if errors.size and not np.max(errors) <= worst.error:  # "not … <=": a NaN is the worst
            at = np.unravel_index(np.argmax(np.nan_to_num(errors, nan=np.inf)), errors.shape)
            place = tuple(int(i) for i in at)
            derivative = float(np.asarray(gradient)[place])
            worst = Mismatch(position, place, derivative, float(differences[place]), float(errors[place]))
    return worst


def _culprit(y: Tensor, step: float, tolerance: float) -> str:
    for node in history(y):
        operation = node.operation
        assert operation is not None
        operands = [value_of(x) for x in node.inputs]
        mismatch = check_operation(operation, *operands, step=step)
        if not mismatch.error <= 10 * tolerance:
            rule = operation.argument_names(len(operands))[mismatch.position]
            operands_there = ", ".join(map(_called, node.inputs))
            return f"the VJP of {operation!r} for its operand {rule} is wrong at {operands_there}"
    return "every operation by itself is right, so the function is not smooth here, or needs another step"


def _finite(value: Any) -> bool:
    return bool(np.all(np.isfinite(value)))


def _some(value: Any) -> str:
    """The first number that is not finite, and where it stands; or the value, if it is one number."""
    if np.ndim(value) == 0:
        return str(float(value))
    bad = np.argwhere(~np.isfinite(value))
    if not len(bad):
        return f"an array of shape {np.shape(value)}"
    index = tuple(int(i) for i in bad[0])
    return f"{np.asarray(value)[index]} at index {index} ({len(bad)} of {np.size(value)} entries)"


def _called(x: Any) -> str:
    """Name or shape of an operand, with its value if it is one number."""
    value = value_of(x)
    number = f" = {float(value)}" if np.ndim(value) == 0 else ""
    return (
        f"{x.label}{number}" if isinstance(x, Tensor) else (str(x) if number else f"a constant of shape {np.shape(x)}")
    )
