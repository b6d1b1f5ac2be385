"""What all optimizers share: state in flat vectors, updates in chunks that stay in the cache, attaching, saving."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from ...tensor import Tensor
from ..flat import FlatParameters, Vector
from ..hyperparameters import not_negative
from .state import State, checked_state

CHUNK = 262144
"""Entries that are updated at a time: the vectors of a chunk fit in a third-level cache, and calls are few."""


class HasParameters(Protocol):
    """A model: whatever names its parameters."""

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        """Names and tensors."""


@dataclass(eq=False)
class Optimizer:
    """A rule that moves parameters against their gradient. Subclasses give the rule, in `change`.

    A subclass is a dataclass: its fields are the hyperparameters. `learning_rate` can be set between steps, the
    others stay as they are. A copy (`copy.deepcopy`, `pickle`) has the state, and is not attached.

    Args:
        learning_rate: size of a step, at least 0.

    Attributes:
        steps: updates made since the start.

    Raises:
        TypeError: a hyperparameter is not a number.
        ValueError: a hyperparameter is out of its range, NaN or infinite.

    """

    learning_rate: float

    def __post_init__(self) -> None:
        given: Any = self.learning_rate
        if (isinstance(given, Iterable) and not isinstance(given, str)) or hasattr(given, "named_parameters"):
            name = type(self).__name__
            raise TypeError(
                f"learning_rate is {given!r:.40}; it must be a number. Parameters are given afterwards, as in "
                f"{name}(learning_rate=0.01).attach(model)"
            )
        self.learning_rate = not_negative("learning_rate", self.learning_rate)
        self.steps = 0
        self._vectors: dict[str, Vector] | None = None  # None: not started
        self._state: tuple[Vector, ...] = ()
        self._numbers: tuple[float, ...] = ()
        self._scalars: tuple[Vector, ...] = ()
        self._flat: FlatParameters | None = None

    # What a subclass gives.

    def vectors(self) -> tuple[str, ...]:
        """Names of the vectors that are remembered from step to step, all 0 at the start."""
        return ()

    def decays(self) -> dict[str, float]:
        """Hyperparameters without which the vectors mean nothing: a state made with others does not fit."""
        return {}

    def coefficients(self, step: int) -> tuple[float, ...]:
        """The numbers that `change` needs in a step (1 is the first), computed once for all the chunks."""
        raise NotImplementedError

    def change(
        self, coefficients: tuple[Vector, ...], w: Vector, g: Vector, s: Vector, state: tuple[Vector, ...]
    ) -> None:
        """Change one chunk in place.

        Args:
            coefficients: those of this step, as arrays of shape ().
            w: values of the parameters, shape (k,).
            g: their gradients, shape (k,); may be overwritten.
            s: room for intermediate results, shape (k,).
            state: the remembered vectors, each of shape (k,).

        """
        raise NotImplementedError

    # On one vector: what `fit` uses.

    def start(self, values: Vector) -> None:
        """Forget everything, and make room for the state of a vector like `values`, shape (n,).

        Raises:
            TypeError: the values are not a vector of floating-point numbers.
            ValueError: the hyperparameter epsilon is 0 in their precision.

        """
        if values.ndim != 1 or values.dtype.kind != "f":
            raise TypeError(
                f"an optimizer updates one vector of floating-point numbers, not {values.dtype} of shape "
                f"{values.shape}. Use attach(model), which makes the vector"
            )
        epsilon = getattr(self, "epsilon", None)
        if epsilon is not None and values.dtype.type(epsilon) == 0:
            raise ValueError(
                f"epsilon={epsilon:g} is 0 in {values.dtype}, and a gradient of 0 would give 0/0: use "
                f"{type(self).__name__}(epsilon=1e-4), or float32"
            )
        self.steps = 0
        self._vectors = {name: np.zeros_like(values) for name in self.vectors()}
        self._state = tuple(self._vectors.values())
        self._scratch = np.empty(min(values.size, CHUNK), values.dtype)
        self._numbers = self.coefficients(1)
        # A ufunc is faster with an array of shape () than with a float, by a third of a small update.
        self._scalars = tuple(np.array(number, values.dtype) for number in self._numbers)

    def update(self, values: Vector, gradients: Vector) -> None:
        """Make one step: change `values` in place, and use `gradients` as room. Nothing is allocated.

        Args:
            values: shape (n,), as given to `start`.
            gradients: same shape and precision; overwritten.

        Raises:
            RuntimeError: the optimizer was not started.

        """
        self.steps = step = self.steps + 1
        numbers = self.coefficients(step)
        if numbers != self._numbers:
            self._started()
            for scalar, number, old in zip(self._scalars, numbers, self._numbers, strict=True):
                if number != old:
                    scalar.fill(number)
            self._numbers = numbers
        size = values.size
        if size <= CHUNK:
            self.change(self._scalars, values, gradients, self._scratch, self._state)
            return
        for first in range(0, size, CHUNK):
            part = slice(first, first + CHUNK)
            scratch = self._scratch[: size - first]
            self.change(self._scalars, values[part], gradients[part], scratch, tuple(v[part] for v in self._state))

    # On tensors: for loops of one's own.

    def attach(self, parameters: HasParameters | Mapping[str, Tensor] | Iterable[Tensor]) -> Self:
        """Take charge of the parameters of a model, for `step`; gives the optimizer itself.

        Args:
            parameters: a model, parameters by name, or parameters; leaves, all of one precision.

        Raises:
            TypeError: what was given is not made of tensors.
            ValueError: no parameters, a computed tensor, or different precisions.

        >>> from backprop import Tensor
        >>> from backprop.training.optimizers import SGD
        >>> w = Tensor([3.0, -2.0])
        >>> optimizer = SGD(learning_rate=0.25).attach([w])
        >>> for _ in range(3):
        ...     (w**2).sum().backward()
        ...     optimizer.step()
        >>> w.value
        array([ 0.375, -0.25 ])

        """
        self._flat = FlatParameters(_named(parameters))
        self._remember()
        self.start(self._flat.values)
        return self

    def detach(self) -> None:
        """Let the parameters go: each has an array of its own again. Nothing happens if there are none."""
        if self._flat is not None:
            self._adopt(self._flat)
            self._flat.release()
            self._flat = None

    def step(self) -> None:
        """Update the attached parameters from their `grad`; one whose `grad` is None has gradient 0.

        Raises:
            RuntimeError: nothing is attached, or no parameter has a gradient.

        """
        if self._flat is None:
            raise RuntimeError("the optimizer has no parameters: call optimizer.attach(model) first")
        if all(tensor.grad is None for tensor in self._flat.tensors):
            raise RuntimeError("no parameter has a gradient: call loss.backward() before optimizer.step()")
        flat = self._adopt(self._flat)
        flat.collect()
        self.update(flat.values, flat.gradients)
        flat.changed()
        self._remember()

    def _remember(self) -> None:
        """Note which values the tensors have now, to see when others are assigned."""
        assert self._flat is not None
        self._held = [tensor._value for tensor in self._flat.tensors]

    def _adopt(self, flat: FlatParameters) -> FlatParameters:
        """The vector of the parameters, made anew if one of them was assigned another value meanwhile."""
        if any(tensor._value is not value for tensor, value in zip(flat.tensors, self._held, strict=True)):
            self._flat = flat = FlatParameters(dict(zip(flat.names, flat.tensors, strict=True)))
        return flat

    # Saving.

    def state_dict(self) -> State:
        """A copy of the state: `steps`, `learning_rate`, the decays, and the vectors, each of shape (n,).

        Raises:
            RuntimeError: the optimizer was not started.

        """
        return {**self._settings(), **{name: vector.copy() for name, vector in self._started().items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state_dict` was taken: all of it is taken over, or nothing.

        Args:
            state: as `state_dict` gives it. Vectors are converted to the precision of this optimizer.

        Raises:
            RuntimeError: the optimizer was not started: `start` and `attach` say how many entries a vector has.
            StateError: the state is not one of this optimizer; the message lists every entry that does not fit.

        """
        vectors = self._started()
        new = checked_state(type(self).__name__, state, self._settings(), self.decays(), vectors)
        self.steps, self.learning_rate = new.pop("steps"), new.pop("learning_rate")
        for name, vector in vectors.items():
            vector[...] = new[name]

    def _settings(self) -> State:
        return {"steps": self.steps, "learning_rate": float(self.learning_rate), **self.decays()}

    def _started(self) -> dict[str, Vector]:
        if self._vectors is None:
            raise RuntimeError(f"the {type(self).__name__} has no state yet: call attach(model) or start(values) first")
        return self._vectors

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_flat": None, "_held": []}


def add_weight_decay(decay: Vector, w: Vector, g: Vector, s: Vector) -> None:
    """Add to `g` the gradient of decay/2 · Σ w² (L2 regularization), in place; `s` is room."""
    np.multiply(w, decay, s)
    np.add(g, s, g)


def _named(parameters: HasParameters | Mapping[str, Tensor] | Iterable[Tensor]) -> dict[str, Tensor]:
    """The parameters by name."""
    model: Any = parameters
    if hasattr(model, "named_parameters"):
        named = dict(model.named_parameters())
    elif isinstance(model, Mapping):
        named = dict(model)
    else:
        several = isinstance(model, Iterable) and not isinstance(model, Tensor)
        named = {f"parameter {i}": tensor for i, tensor in enumerate(model if several else [model])}
    for tensor in named.values():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"attach takes a model, or tensors; {type(tensor).__name__} is no tensor")
    return named
