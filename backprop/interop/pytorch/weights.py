"""Weights as PyTorch names and arranges them.

- `Sequential` and `MLP` are `nn.Sequential`: `layers.0.weight` is `0.weight`.
- `Linear` is `nn.Linear`: `weight` is (outputs, inputs) there.
- `LayerNorm` is `nn.LayerNorm`: `scale` is `weight`, `shift` is `bias`.
- `Embedding` is `nn.Embedding`.
- `RecurrentCell` is `nn.RNNCell`: `input_weight` and `hidden_weight` are `weight_ih` and `weight_hh`, transposed;
  `bias` is the sum of `bias_ih` and `bias_hh`.
- `Recurrent` is `nn.RNN` with `batch_first=True`: the same names with `_l0` at the end.
- Modules of one's own have the names of their attributes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...nn import Embedding, LayerNorm, Linear, Module, Recurrent, RecurrentCell, Sequential, StateError
from ...nn.structure import attributes, joined
from ...tensor import Tensor
from ..optional import optional

LAYOUTS: dict[type[Module], dict[str, tuple[str, ...]]] = {
    Linear: {"weight": ("weight",), "bias": ("bias",)},
    LayerNorm: {"scale": ("weight",), "shift": ("bias",)},
    Embedding: {"weight": ("weight",)},
    RecurrentCell: {
        "input_weight": ("weight_ih",),
        "hidden_weight": ("weight_hh",),
        "bias": ("bias_ih", "bias_hh"),
    },
}
"""Names in PyTorch of the parameters of each kind of layer. Several names: their sum is the parameter."""

TRANSPOSED = {(Linear, "weight"), (RecurrentCell, "input_weight"), (RecurrentCell, "hidden_weight")}
"""Parameters that PyTorch multiplies from the other side."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter, and the names that PyTorch has for it."""

    tensor: Tensor
    names: tuple[str, ...]
    transposed: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape in PyTorch."""
        return self.tensor.shape[::-1] if self.transposed else self.tensor.shape

    def turned(self, value: Any) -> Any:
        """The value as it is arranged on the other side."""
        return value.T if self.transposed else value


def to_pytorch(model: Module) -> dict[str, Any]:
    """Parameters of a model as PyTorch's `load_state_dict` takes them, for the layers that correspond.

    Args:
        model: the model. Modules of one's own are called as their attributes are; give the PyTorch modules the same.

    Returns:
        Tensors of PyTorch by name, copies, in the precision of the model.

    Raises:
        ImportError: torch is not installed: `pip install "backprop-tutorial[torch]"`.

    """
    torch = optional("torch", "torch")
    state: dict[str, Any] = {}
    for entry in _entries(model):
        value = np.array(entry.turned(np.asarray(entry.tensor.value)), order="C")
        for i, name in enumerate(entry.names):
            state[name] = torch.from_numpy(np.zeros_like(value) if i else value.copy())
    return state


def from_pytorch(model: Module, state: Mapping[str, Any]) -> None:
    """Give a model the parameters of a PyTorch model of corresponding layers: all of them or none.

    Args:
        model: the model, which keeps its precision.
        state: what `state_dict()` gave in PyTorch; arrays will do as well.

    Raises:
        StateError: entries are missing, unexpected, of another shape, or not finite real numbers. All those of the
            first kinds are listed, under their names in PyTorch.
        TypeError: `state` is no mapping.

    >>> model = Linear(2, 1)
    >>> from_pytorch(model, {"weight": [[1.0, 2.0]], "bias": [0.5]})
    >>> model([[10.0, 100.0]]).value
    array([[210.5]])

    """
    if not isinstance(state, Mapping):
        raise TypeError(f"the state is a mapping, as state_dict() gives, not {type(state).__name__}")
    entries = list(_entries(model))
    arrays = {name: _array(value) for name, value in state.items()}
    shapes = {name: entry.shape for entry in entries for name in entry.names}
    problems = [f"missing: {name} of shape {shape}" for name, shape in shapes.items() if name not in arrays]
    problems += [f"unexpected: {name}" for name in arrays if name not in shapes]
    problems += [
        f"{name}: shape {arrays[name].shape} instead of {shape}"
        for name, shape in shapes.items()
        if name in arrays and arrays[name].shape != shape
    ]
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    values: dict[str, Any] = {}
    if not problems:
        for entry in entries:
            value = entry.turned(sum(arrays[name] for name in entry.names))
            known = values.setdefault(names[id(entry.tensor)], value)
            if not np.array_equal(known, value, equal_nan=True):
                problems.append(f"{entry.names[0]}: differs from another entry, where this model has one parameter")
    if problems:
        lines = "\n  ".join(problems)
        raise StateError(
            f"this state of PyTorch is not that of this {type(model).__name__}, and nothing was loaded:\n  {lines}\n"
            "Build a model of the corresponding layers, in the same order and of the same sizes"
        )
    model.load_state_dict(values)


def _entries(model: Module, path: str = "", outside: tuple[Module, ...] = ()) -> Iterator[Entry]:
    """All parameters under PyTorch's names; one that is shared comes as often as PyTorch's `state_dict` has it."""
    kind = next((kind for kind in LAYOUTS if isinstance(model, kind)), None)
    for name, value in attributes(model):
        if isinstance(value, Tensor):
            names = LAYOUTS.get(kind, {}).get(name, (name,)) if kind else (name,)
            yield Entry(value, tuple(joined(path, n) for n in names), (kind, name) in TRANSPOSED)
        elif isinstance(value, Module) and value is not model and value not in outside:
            if isinstance(model, Recurrent) and name == "cell" and isinstance(value, RecurrentCell):
                for entry in _entries(value, path):
                    yield Entry(entry.tensor, tuple(f"{n}_l0" for n in entry.names), entry.transposed)
                continue
            if isinstance(model, Sequential):
                name = name.removeprefix("layers.")
            yield from _entries(value, joined(path, name), (*outside, model))


def _array(value: Any) -> Any:
    """An entry of a state as an array. NumPy has no bfloat16, and takes nothing from a graphics card."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
        return value.numpy()
    return np.asarray(value)
