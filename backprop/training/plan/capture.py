"""Capture: the model is run once on symbols, its backward pass is derived, and both become one function."""

from collections.abc import Mapping
from typing import Any

from ...sweep import sweep
from ..flat import FlatParameters
from ..steps import Array
from .lowering import lower
from .program import Program, Value
from .source import Writer
from .symbols import CaptureError, Symbol, parameters_as


def capture(model: Any, loss: Any, flat: FlatParameters, x: Array, y: Array) -> Writer:
    """Make the plan of a training step for batches of the shapes and precisions of `x` and `y`.

    Args:
        model: run once, in the mode in which it is.
        loss: has `compute(outputs, targets)`.
        flat: the parameters; the plan reads its values and writes its gradients.
        x: inputs of a batch; only shape and dtype are used.
        y: prepared targets of it, likewise.

    Returns:
        A writer, whose `function()` takes x and y and returns the loss.

    Raises:
        CaptureError: the model cannot be captured; the message says why.

    """
    output, gradients, symbols = _trace(model, loss, flat, x, y)
    program = Program()
    arguments = tuple(program.argument(s.name or "", s.shape, s.dtype) for s in symbols[:2])
    values: dict[Symbol, Any] = dict(zip(symbols[:2], arguments, strict=True))
    for symbol, place in zip(symbols[2:], flat.views(flat.values).values(), strict=True):
        values[symbol] = program.constant(place)
    for symbol in _history([output, *(g for g in gradients.values() if isinstance(g, Symbol))]):
        operands = [values[x] if isinstance(x, Symbol) else x for x in symbol.inputs]
        try:
            values[symbol] = lower(program, symbol, tuple(operands))
        except CaptureError:
            raise
        except Exception as error:
            raise CaptureError(f"{symbol.operation!r} cannot be captured: {type(error).__name__}: {error}") from error
    places: dict[Value, Array] = {}
    untouched = []
    for symbol, place in zip(symbols[2:], flat.views(flat.gradients).values(), strict=True):
        gradient = gradients.get(symbol)
        if gradient is None:
            untouched.append(place)
            continue
        value = program.constant(values[gradient] if isinstance(gradient, Symbol) else gradient)
        while value in places:  # parameters with one gradient, such as those of w1 + w2
            value = program.copy(value)
        places[value] = place
    return Writer(program, arguments, values[output], places, untouched)


def _trace(
    model: Any, loss: Any, flat: FlatParameters, x: Array, y: Array
) -> tuple[Symbol, Mapping[Symbol, Any], list[Symbol]]:
    """Loss, gradients by parameter, and the symbols of x, y and the parameters."""
    inputs = [Symbol(x.shape, x.dtype, "x"), Symbol(y.shape, y.dtype, "y")]
    parameters = {t: Symbol(t.shape, t.dtype, n) for t, n in zip(flat.tensors, flat.names, strict=True)}
    try:
        with parameters_as(parameters, model):
            output = loss.compute(model(inputs[0]), inputs[1])
            if not isinstance(output, Symbol) or output.operation is None:
                raise CaptureError("the loss does not depend on the model's operations")
            if output.shape != ():
                raise CaptureError(f"the loss has the shape {output.shape}; it has to be one number")
            gradients = _gradients(output)
    except CaptureError:
        raise
    except Exception as error:
        raise CaptureError(f"on symbols the model raises {type(error).__name__}: {error}") from error
    return output, gradients, [*inputs, *parameters.values()]


def _gradients(output: Any) -> dict[Symbol, Any]:
    """The reverse sweep of the tensors: symbols have all that it needs."""
    return dict(sweep(output, output.dtype.type(1), record=True))  # type: ignore[arg-type]


def _history(roots: list[Symbol]) -> list[Symbol]:
    """Computed symbols that the roots depend on, oldest first."""
    found, stack = set(roots), list(roots)
    while stack:
        for x in stack.pop().inputs:
            if isinstance(x, Symbol) and x not in found:
                found.add(x)
                stack.append(x)
    return sorted((s for s in found if s.operation is not None), key=lambda s: s._number)
