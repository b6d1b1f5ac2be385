"""What a model computes, found by running it: the operations that were recorded, in two runs that are compared.

The runs differ in the numbers and in the size of the batch. What is the same in both belongs to the model. A size that
differs depends on the size of the batch. Anything else that differs was computed from the input behind the back of the
graph, and an export would keep the numbers of one run for ever: it is refused.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ...engine import history, next_number, recording
from ...nn import Module
from ...nn.prediction import evaluating
from ...operations.operation import Operation
from ...tensor import Tensor
from ..errors import ExportError

Array: TypeAlias = "np.ndarray[Any, Any]"
Pair: TypeAlias = tuple[Any, Any]
"""The same thing in the first run and in the second."""

BATCHES = (2, 3)
"""Sizes of the batch in the two runs. They are not 1, which broadcasting would hide."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the model."""

    operation: Operation
    operands: tuple[Pair, ...]
    """Tensors, and constants as they were given."""
    result: Pair
    parameters_differ: bool
    """Whether the two runs called the operation with different parameters, such as shapes."""
    layer: str
    """Name of the innermost layer that it is a part of; the empty name is the model."""
    where: str
    """For messages: the operation, and the layer with its type."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A model as a list of operations, in an order in which they can be computed."""

    inputs: Pair
    """The batches that it was run on: a tensor, or an array of whole numbers."""
    output: Pair
    steps: list[Step]
    parameters: dict[str, Tensor]


class Layers:
    """Remembers which layer was at work when, counted in creation numbers of tensors."""

    def __init__(self, model: Module) -> None:
        self._modules = dict(model.named_modules())
        self._stack = [""]
        self._numbers, self._names = [0], [""]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Context in which every layer notes when it starts and ends."""
        own = {name: vars(module).get("forward") for name, module in self._modules.items()}
        for name, module in self._modules.items():
            vars(module)["forward"] = self._watched(name, module.forward)
        try:
            yield
        finally:
            for name, module in self._modules.items():
                if own[name] is None:
                    del vars(module)["forward"]  # the method of the class is found again
                else:
                    vars(module)["forward"] = own[name]

    def _watched(self, name: str, forward: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._stack.append(name)
            self._note()
            try:
                return forward(*args, **kwargs)
            finally:
                self._stack.pop()
                self._note()

        return watched

    def _note(self) -> None:
        self._numbers.append(next_number())
        self._names.append(self._stack[-1])

    def name_of(self, tensor: Tensor) -> str:
        """Name of the innermost layer that computed a tensor; the empty name is the model."""
        return self._names[bisect(self._numbers, tensor._number) - 1]

    def describe(self, tensor: Tensor) -> str:
        """The operation that made a tensor, and its layer, for messages."""
        name = self.name_of(tensor)
        operation = "a leaf" if tensor.operation is None else tensor.operation.name
        kind = type(self._modules[name]).__name__
        return f"{operation} in layer {name} ({kind})" if name else f"{operation} in {kind}"


def record(model: Module, batch_of: Callable[[int], Any]) -> Recording:
    """Run a model as after training on two batches, and compare what was recorded. The model is left as it was.

    Args:
        model: the model.
        batch_of: gives a batch of so many examples; other numbers each time.

    Raises:
        ExportError: the runs do not belong to one graph, or the result is not one tensor.

    """
    layers = Layers(model)
    inputs = batch_of(BATCHES[0]), batch_of(BATCHES[1])
    # Numbers drawn at random may be outside the domain of an operation: no warning of that.
    with evaluating(model), recording(), layers.watching(), np.errstate(all="ignore"):
        output = _run(model, inputs[0]), _run(model, inputs[1])
    first, second = ([] if y.operation is None else history(y) for y in output)
    for a, b in zip(first, second, strict=False):
        if type(a.operation) is not type(b.operation):
            raise ExportError(f"{layers.describe(a)}: {_TWO_GRAPHS}")
    if len(first) != len(second):
        raise ExportError(f"{type(model).__name__}: {_TWO_GRAPHS}")
    steps = [_step(a, b, layers) for a, b in zip(first, second, strict=True)]
    return Recording(inputs, output, steps, dict(model.named_parameters()))


_TWO_GRAPHS = (
    "the operations differ from one batch to another, and ONNX gets one graph. "
    "Let forward() compute the same whatever the numbers and the size of the batch; choose with backprop.where"
)


def _run(model: Module, batch: Any) -> Tensor:
    y = model(batch)
    if not isinstance(y, Tensor):
        raise ExportError(f"{type(model).__name__} returns {type(y).__name__}: forward() has to return one tensor")
    return y


def _step(a: Tensor, b: Tensor, layers: Layers) -> Step:
    where = layers.describe(a)
    if len(a.inputs) != len(b.inputs) or a.ndim != b.ndim:
        raise ExportError(f"{where}: {_TWO_GRAPHS}")
    first, second = a.operation, b.operation
    assert first is not None
    assert second is not None
    differ = not same(first.parameters(), second.parameters())
    return Step(first, tuple(zip(a.inputs, b.inputs, strict=True)), (a, b), differ, layers.name_of(a), where)


def same(a: Any, b: Any) -> bool:
    """Whether two parameters or constants are equal: also arrays, NaNs, and what holds them.

    >>> same((slice(1), np.arange(2)), (slice(1), np.arange(2)))
    True

    """
    if isinstance(a, np.ndarray | np.generic) and isinstance(b, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return bool(a == b or (a != a and b != b))
