"""All the parameters of a model in one vector, so that an optimizer updates them in one go."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..engine import number_of_assignment
from ..tensor import Tensor
from .blocks import side_by_side

Vector = np.ndarray[Any, np.dtype[Any]]


class FlatParameters:
    """The parameters of a model, moved into one vector; their tensors hold views of it until `release()`.

    A tensor whose `value` is asked for gives a copy meanwhile: what is handed out never changes.

    Args:
        parameters: leaves by name, all of one precision; a tensor under two names is held once.

    Attributes:
        values: all the numbers, shape (n,). Change them in place, then call `changed()`.
        gradients: the derivatives in the same order, shape (n,).
        destinations: by parameter, the view of `gradients` where its gradient belongs.

    Raises:
        ValueError: there is no parameter, or they differ in precision.

    >>> flat = FlatParameters({"weight": Tensor([[1.0, 2.0]]), "bias": Tensor([3.0])})
    >>> flat.values
    array([1., 2., 3.])

    """

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        self._tensors: dict[Tensor, str] = {}
        for name, tensor in parameters.items():
            self._tensors.setdefault(tensor, name)
        precisions = {name: tensor.dtype for tensor, name in self._tensors.items()}
        if not precisions:
            raise ValueError("the model has no parameters: there is nothing to train")
        if len(set(precisions.values())) > 1:
            given = ", ".join(f"{name} {dtype}" for name, dtype in precisions.items())
            raise ValueError(f"the parameters differ in precision ({given}); make them all float32 or all float64")
        computed = [name for tensor, name in self._tensors.items() if tensor.operation is not None]
        if computed:
            raise ValueError(f"{computed[0]} was computed from other tensors; a parameter is a leaf, Tensor(array)")
        self.dtype = next(iter(precisions.values()))
        self.names = tuple(self._tensors.values())
        size = sum(tensor.size for tensor in self._tensors)
        self.values, self.gradients = side_by_side([(size, self.dtype)] * 2)
        self.gradients.fill(0)
        np.concatenate([np.ravel(tensor._value) for tensor in self._tensors], out=self.values)
        self.destinations = dict(zip(self._tensors, self.views(self.gradients).values(), strict=True))
        self._scalars = []  # tensors that hold a Python float: they are given the new number after each change
        for tensor, view in zip(self._tensors, self.views(self.values).values(), strict=True):
            if type(tensor._value) is float:
                self._scalars.append((tensor, view))
            else:
                view.flags.writeable = False
                tensor._value = view

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The parameters, in the order of the vector."""
        return tuple(self._tensors)

    def views(self, vector: Vector) -> dict[str, Vector]:
        """Views of a vector of this layout, such as an optimizer's state, in the shapes of the parameters."""
        views, start = {}, 0
        for tensor, name in self._tensors.items():
            views[name] = vector[start : start + tensor.size].reshape(tensor.shape)
            start += tensor.size
        return views

    def collect(self) -> None:
        """Copy the `grad` of every parameter into `gradients`; one that was not computed counts as 0."""
        for tensor, view in self.destinations.items():
            view[...] = 0 if tensor.grad is None else tensor.grad

    def changed(self) -> None:
        """Say that `values` were changed: a backward pass through what used the old ones is refused."""
        for tensor in self._tensors:
            tensor._number = number_of_assignment()
        for tensor, view in self._scalars:
            tensor._value = float(view)

    def release(self) -> None:
        """Give every tensor an array of its own again."""
        for tensor, view in zip(self._tensors, self.views(self.values).values(), strict=True):
            tensor.value = view  # makes a copy
