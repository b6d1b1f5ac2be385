"""Layers one after the other."""

from collections.abc import Iterator
from typing import Any, overload

from .activations import WITH_AFFINE
from .linear import Linear
from .module import Module


class Sequential(Module):
    """The outputs of each layer are the inputs of the next.

    Attributes:
        layers: the layers, a list; parameters are called `layers.0.weight` and so on.

    >>> from backprop.nn import Linear, Tanh
    >>> model = Sequential(Linear(2, 16, seed=0), Tanh(), Linear(16, 2, seed=1))
    >>> [name for name, _ in model.named_parameters()]
    ['layers.0.weight', 'layers.0.bias', 'layers.2.weight', 'layers.2.bias']
    >>> model[1], len(model), model[:2]
    (Tanh(), 3, Sequential(Linear(2, 16), Tanh()))

    Raises:
        TypeError: a layer is no module.

    """

    def __init__(self, *layers: Module) -> None:
        for i, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise TypeError(
                    f"layer {i} is {layer!r:.80}, not a module; write the layers with commas between them, and a "
                    "function as a module, such as Tanh() for np.tanh"
                )
        self.layers = list(layers)

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """Shape of one example, if the first layer determines it, or one behind layers that keep the shape."""
        for layer in self.layers:
            if layer.input_shape is not None or not layer.keeps_shape:
                return layer.input_shape
        return None

    def forward(self, x: Any) -> Any:
        """Apply the layers in order; a `Linear` and its activation in one operation, where there is one for both."""
        layers = self.layers
        i, count = 0, len(layers)
        while i < count:
            layer = layers[i]
            i += 1
            if i < count and type(layer) is Linear:
                following = layers[i]
                operation = WITH_AFFINE.get(type(following))
                if (
                    operation is not None
                    and layer.bias is not None
                    and not (
                        "forward" in layer.__dict__ or "forward" in following.__dict__  # somebody watches the layer
                    )
                ):
                    x = layer.compute(operation, x)
                    i += 1
                    continue
            x = layer.forward(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequential": ...
    def __getitem__(self, index: int | slice) -> "Module | Sequential":
        """One layer; or several, with the same parameters, as a model of their own."""
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"
