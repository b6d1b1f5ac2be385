"""What a model is made of: a `Module` has parameters, modules inside it, and a way from inputs to outputs.

Nothing is registered. The attributes of a module, in the order in which they were first set, are what it has: a
tensor is a parameter, a module is a part, a list of either is several of them. Names follow from that:
`layers.0.weight` is `model.layers[0].weight`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from ..errors import GraphError
from ..tensor import Tensor
from . import prediction, state, summary
from .arguments import Generator
from .structure import attributes, joined

Array = np.ndarray[Any, np.dtype[Any]]


class Module:
    """A part of a model, or a whole one: parameters, and `forward(x)`.

    A subclass sets its tensors and parts as attributes, in `__init__`, and computes with them in `forward`. There is
    nothing else to call. Attributes whose name starts with an underscore are its own business, and are no parameters.

    Attributes:
        training: whether it behaves as in training, where `Dropout` drops; see `train()` and `eval()`.

    >>> class Shift(Module):
    ...     def __init__(self, size):
    ...         self.offset = Tensor(np.zeros(size))
    ...
    ...     def forward(self, x):
    ...         return x + self.offset
    >>> model = Shift(3)
    >>> [(name, p.shape) for name, p in model.named_parameters()]
    [('offset', (3,))]
    >>> model(np.ones((2, 3))).shape
    (2, 3)

    """

    training: bool = True

    keeps_shape: ClassVar[bool] = False
    """Whether the outputs have the shape of the inputs, whatever it is."""

    def forward(self, *inputs: Any) -> Any:
        """Compute the outputs from the inputs, tensors or arrays whose first axis counts examples."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, x)")

    def __call__(self, *inputs: Any) -> Any:
        """Compute the outputs: `forward`."""
        return self.forward(*inputs)

    def __setattr__(self, name: str, value: Any) -> None:
        if type(value) is Tensor and not name.startswith("_"):
            _refuse_computed(f"{type(self).__name__}.{name}", value)
            if value.name is None:
                value.name = name
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    # What it is made of.

    def named_modules(self) -> Iterator[tuple[str, "Module"]]:
        """All modules with their names: the whole, called "", and those inside; one that is used twice comes once."""
        return _walk(self, "", set())

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Every parameter with its name, such as `layers.0.weight`; one that is shared comes once, under its first.

        Raises:
            GraphError: an attribute is a tensor that was computed; a parameter is a leaf.

        """
        for name, tensor in self._found(Tensor):
            _refuse_computed(f"{type(self).__name__}.{name}", tensor)
            yield name, tensor

    def parameters(self) -> list[Tensor]:
        """Return the parameters, in the order of `named_parameters()`."""
        return [tensor for _, tensor in self.named_parameters()]

    def named_generators(self) -> Iterator[tuple[str, Generator]]:
        """Every random generator with its name, such as that of a `Dropout`: what a checkpoint has to keep."""
        return self._found(np.random.Generator)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the parameters: that of their sum, if they differ; float64 if there are none."""
        found = {tensor.dtype for tensor in self.parameters()}
        return np.result_type(*found) if found else np.dtype(float)

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """Shape of one example, without the axis of the batch; None where the module does not determine it."""
        return None

    @property
    def table_rows(self) -> int | None:
        """Number of rows of the table that the inputs are looked up in (`Embedding`); None if they are no indices."""
        inside = (module for _, module in self.named_modules() if module is not self)
        return next((rows for module in inside if (rows := module.table_rows) is not None), None)

    def _found(self, kind: type[Any]) -> Iterator[tuple[str, Any]]:
        """All attributes of a kind, of this module and of those inside it; each thing once."""
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, value in attributes(module):
                if isinstance(value, kind) and id(value) not in seen:
                    seen.add(id(value))
                    yield joined(path, name), value

    # Training and evaluation.

    def train(self) -> Self:
        """Behave as in training, here and in all modules inside; return the module."""
        return self._set_training(True)

    def eval(self) -> Self:
        """Behave as after training, here and in all modules inside; return the module."""
        return self._set_training(False)

    def _set_training(self, training: bool) -> Self:
        for _, module in self.named_modules():
            module.training = training
        return self

    def predict(self, x: Any, batch_size: int = 1024) -> Array:
        """Outputs as after training, for arrays of any length; the module is left as it was.

        Args:
            x: inputs, shape (examples, …); converted to the precision of the model.
            batch_size: how many examples are computed at a time: bounds the memory.

        Returns:
            Shape (examples, …), the outputs.

        Raises:
            TypeError: the inputs are not real numbers, or `forward` does not return one tensor.
            ValueError: one number instead of examples, or a batch size that is not positive.

        """
        return prediction.predict(self, x, batch_size)

    def summary(self, input_shape: tuple[int, ...] | None = None) -> str:
        """Table of the modules: output shape and number of parameters of each; totals, and memory.

        Args:
            input_shape: shape of one example. Without it, that of the first layer is used, if it has one; else the
                column of output shapes stays empty.

        Returns:
            Text; at the prompt and in a notebook it is seen without `print`.

        Raises:
            TypeError: the shape is not made of whole numbers.
            ShapeError: the model cannot take examples of this shape.

        """
        return summary.summary(self, input_shape)

    # Saved values.

    def state_dict(self) -> dict[str, Array]:
        """Copies of the values of all parameters, by name."""
        return {name: np.array(tensor.value) for name, tensor in self.named_parameters()}

    def load_state_dict(self, values: Mapping[str, Any]) -> None:
        """Give every parameter the value of its name, in the precision that the parameter has: all of them or none.

        Args:
            values: what `state_dict()` gave.

        Raises:
            StateError: entries are missing, unexpected, of another shape, or not finite real numbers. All are listed.
            TypeError: `values` is no mapping.

        """
        state.load(self, values)


def _walk(module: Module, path: str, seen: set[int]) -> Iterator[tuple[str, Module]]:
    seen.add(id(module))
    yield path, module
    for name, value in attributes(module):
        if isinstance(value, Module) and id(value) not in seen:
            yield from _walk(value, joined(path, name), seen)


def _refuse_computed(name: str, tensor: Tensor) -> None:
    if tensor.operation is not None:
        raise GraphError(
            f"{name} is {tensor.label}, and a parameter is a leaf: it could not be trained. To start from this value, "
            f"set Tensor(x.value); to look at it later, keep it under a name with an underscore, or its .value"
        )
