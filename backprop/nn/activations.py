"""The activation functions as layers, each a line: the mathematics is in `backprop.operations.activations`."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar

from .. import operations as ops
from ..operations import Operation
from .module import Module


class Activation(Module):
    """A function without parameters to train; outputs have the shape of the inputs."""

    keeps_shape = True

    function: ClassVar[Callable[..., Any]]
    """What is computed: `function(x, *settings)`."""
    settings: tuple[float, ...] = ()

    def forward(self, x: Any) -> Any:
        """Apply the function."""
        return self.function(x, *self.settings)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.settings))})"


class Identity(Activation):
    """y = x."""

    def forward(self, x: Any) -> Any:
        """Give back what came in."""
        return x


class ReLU(Activation):
    """y = max(0, x); the derivative at 0 is taken as 0."""

    function = ops.relu


class LeakyReLU(Activation):
    """y = x for x > 0, else slope · x."""

    function = staticmethod(ops.leaky_relu)

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = float(slope)
        self.settings = (self.slope,)


class ELU(Activation):
    """y = x for x > 0, else alpha (e^x - 1). Clevert et al. (2015)."""

    function = staticmethod(ops.elu)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = float(alpha)
        self.settings = (self.alpha,)


class GELU(Activation):
    """Gaussian error linear unit, in its tanh form. Hendrycks and Gimpel (2016), section 2."""

    function = ops.gelu


class Sigmoid(Activation):
    """y = 1 / (1 + e^-x)."""

    function = ops.sigmoid


class Softplus(Activation):
    """y = ln(1 + e^x)."""

    function = ops.softplus


class Tanh(Activation):
    """y = tanh x."""

    function = ops.tanh


class Softmax(Activation):
    """y = e^x / Σ e^x along an axis. Losses take logits: to train, leave it out."""

    function = staticmethod(ops.softmax)

    def __init__(self, axis: int = -1) -> None:
        self.axis = int(axis)
        self.settings = (self.axis,)


ACTIVATIONS: dict[str, type[Module]] = {
    "identity": Identity,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "gelu": GELU,
    "sigmoid": Sigmoid,
    "softplus": Softplus,
    "tanh": Tanh,
    "softmax": Softmax,
}
"""The activations by the name of their function."""

WITH_AFFINE: dict[type[Module], Operation] = {
    ReLU: ops.affine_relu,
    Sigmoid: ops.affine_sigmoid,
    Tanh: ops.affine_tanh,
}
"""What computes a `Linear` layer and the activation behind it in one operation."""


def activation_for(activation: str | Module | type[Module]) -> Module:
    """Make an activation layer of a name, of a class, or of a layer, which is copied.

    Raises:
        ValueError: no activation has this name.
        TypeError: something else.

    >>> activation_for("tanh")
    Tanh()

    """
    if isinstance(activation, Module):
        return deepcopy(activation)
    if isinstance(activation, type) and issubclass(activation, Module):
        return activation()
    if not isinstance(activation, str):
        raise TypeError(f"an activation is a name, such as 'relu', or a module, such as LeakyReLU(0.1); {activation!r}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[activation]()
