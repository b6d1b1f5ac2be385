"""Layers of `torch.nn` that compute what ours do."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from ... import nn
from ..errors import ExportError
from ..optional import optional
from .weights import to_pytorch


def to_pytorch_module(model: nn.Module) -> Any:
    """Build the PyTorch module that computes the same, with copies of the parameters.

    The layers of `backprop.nn` can be built, and `Sequential` and `MLP` of them. For a model of your own write the
    class in PyTorch, and load `to_pytorch(model)` into it.

    Args:
        model: the model.

    Returns:
        A `torch.nn.Module`: for `Sequential` a `torch.nn.Sequential`; training if the model is.

    Raises:
        ExportError: a layer has no counterpart; the message names it.
        ImportError: torch is not installed: `pip install "backprop-tutorial[torch]"`.

    """
    torch = optional("torch", "torch")
    precision = getattr(torch, str(model.dtype), None)
    if precision is None:
        raise ExportError(f"the parameters are of type {model.dtype}, which PyTorch does not have: use float64")
    module = _built(torch, model, type(model).__name__, {}).to(precision)
    module.load_state_dict(to_pytorch(model))
    return module.train(model.training)


def _built(torch: Any, layer: nn.Module, path: str, done: dict[int, Any]) -> Any:
    """The layer of PyTorch for one of ours. A layer that is used twice is built once."""
    if id(layer) in done:
        return done[id(layer)]
    if isinstance(layer, nn.Sequential) and type(layer).forward is nn.Sequential.forward:
        inner = (_built(torch, part, f"layer {i} of {path}", done) for i, part in enumerate(layer))
        built = torch.nn.Sequential(*inner)
    else:
        # A subclass will do, unless it computes something else.
        kinds = (kind for kind in ARGUMENTS if isinstance(layer, kind) and type(layer).forward is kind.forward)
        kind = next(kinds, None)
        if kind is None or (isinstance(layer, nn.Recurrent) and type(layer.cell) is not nn.RecurrentCell):
            called = path if repr(layer) == f"{path}()" else f"{path}, {layer!r},"
            raise ExportError(
                f"{called} has no counterpart in torch.nn: write the model as a class in PyTorch, and load "
                "backprop.interop.to_pytorch(model) into it"
            )
        built = _made(torch, kind, layer)
    return done.setdefault(id(layer), built)


def _made(torch: Any, kind: type[nn.Module], layer: Any) -> Any:
    if kind is not nn.Recurrent:
        return getattr(torch.nn, NAMES.get(kind, kind.__name__))(*ARGUMENTS[kind](layer))

    class Recurrent(torch.nn.RNN):  # type: ignore[misc]
        """`nn.RNN` gives all states and the last one, in a tuple; a layer of a `Sequential` gives one tensor."""

        def forward(self, x: Any) -> Any:
            states, _ = super().forward(x)
            return states if layer.all_states else states[:, -1]

    return Recurrent(*ARGUMENTS[kind](layer), batch_first=True)


ARGUMENTS: dict[type[nn.Module], Callable[[Any], tuple[Any, ...]]] = {
    nn.Linear: lambda layer: (layer.inputs, layer.outputs, layer.bias is not None),
    nn.LayerNorm: lambda layer: (layer.size, layer.epsilon),
    nn.Embedding: lambda layer: (layer.count, layer.size),
    nn.RecurrentCell: lambda layer: (layer.inputs, layer.size),
    nn.Recurrent: lambda layer: (layer.cell.inputs, layer.cell.size),
    nn.Dropout: lambda layer: (layer.rate,),
    nn.Flatten: lambda _: (),
    nn.GELU: lambda _: ("tanh",),
    # Beyond its threshold PyTorch gives x itself: beyond 20, which is its own choice, that is 2·10⁻⁹ too little.
    nn.Softplus: lambda _: (1, 40),
    **dict.fromkeys(
        (nn.Identity, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Sigmoid, nn.Tanh, nn.Softmax), attrgetter("settings")
    ),
}
"""For each kind of layer, what its counterpart is made with."""

NAMES: dict[type[nn.Module], str] = {nn.RecurrentCell: "RNNCell"}
"""Counterparts that are called otherwise in `torch.nn`."""
