"""A recurrent layer: one cell, used once for each step in time. Its weights are shared, so their gradients add up."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operations import affine, matmul, stack, tanh
from ..tensor import Tensor
from .arguments import Precision, Seed, positive, precision
from .initialization import Initialization, initialize
from .module import Module


class RecurrentCell(Module):
    """One step in time: h' = tanh(x U + h W + b).

    J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990). W starts orthogonal, so that what the
    cell remembers neither grows nor fades at first: Q. V. Le, N. Jaitly and G. E. Hinton, "A simple way to
    initialize recurrent networks of rectified linear units" (2015), start from the identity for the same reason.

    Args:
        inputs: number of features of a step.
        size: number of units of the state.
        initialization: what U starts from.
        dtype: precision of the parameters.
        seed: for `numpy.random.default_rng`; a generator is used as it is.

    Attributes:
        input_weight: U, shape (inputs, size).
        hidden_weight: W, shape (size, size).
        bias: b, shape (size,), starts from 0.

    >>> cell = RecurrentCell(3, 4, seed=0)
    >>> state = cell(np.ones((5, 3)))
    >>> cell(np.ones((5, 3)), state).shape
    (5, 4)

    """

    def __init__(
        self,
        inputs: int,
        size: int,
        *,
        initialization: str | Initialization = "glorot_uniform",
        dtype: Precision = "float64",
        seed: Seed = None,
    ) -> None:
        self.inputs, self.size = positive("inputs", inputs), positive("size", size)
        dtype, rng = precision(dtype), np.random.default_rng(seed)
        self.input_weight = Tensor(initialize(initialization, (self.inputs, self.size), rng, dtype))
        self.hidden_weight = Tensor(initialize("orthogonal", (self.size, self.size), rng, dtype))
        self.bias = Tensor(np.zeros(self.size, dtype))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(inputs,)."""
        return (self.inputs,)

    def forward(self, x: Any, state: Any = None) -> Any:
        """Inputs of shape (…, inputs) and a state of shape (…, size) to the next state.

        Args:
            x: what comes in at this step.
            state: what the cell remembers; None at the first step, where it is 0.

        Raises:
            ShapeError: x or the state has another size.

        """
        try:
            total = affine(x, self.input_weight, self.bias)
            if state is not None:  # a state of zeros would add nothing
                total = total + matmul(state, self.hidden_weight)
        except ShapeError as error:
            given = f"{np.shape(x)}" if state is None else f"{np.shape(x)} with a state of shape {np.shape(state)}"
            raise ShapeError(
                f"{self!r} takes inputs of shape (…, {self.inputs}) and a state of shape (…, {self.size}), not {given}"
            ) from error
        return tanh(total)

    def __repr__(self) -> str:
        return f"RecurrentCell({self.inputs}, {self.size})"


class Recurrent(Module):
    """A cell unrolled over time: inputs (batch, time, features) to the last state, or to all of them.

    Args:
        cell: what is applied at each step, called with the inputs of the step and the state (None at first); or
            (inputs, size) of a `RecurrentCell` to be made.
        all_states: give the state after every step, (batch, time, size), and not only the last, (batch, size).
        dtype: precision of a cell to be made.
        seed: of a cell to be made.

    Raises:
        TypeError: `cell` is neither a module nor a pair of sizes.

    Attributes:
        cell: its parameters are called `cell.input_weight` and so on.

    >>> layer = Recurrent((3, 4), seed=0)
    >>> layer(np.ones((5, 7, 3))).shape
    (5, 4)

    """

    def __init__(
        self,
        cell: Module | tuple[int, int],
        all_states: bool = False,
        *,
        dtype: Precision = "float64",
        seed: Seed = None,
    ) -> None:
        if not isinstance(cell, Module):
            if not isinstance(cell, tuple | list) or len(cell) != 2:
                raise TypeError(f"the cell is a module, or (inputs, size) of one, such as (3, 16), not {cell!r:.80}")
            cell = RecurrentCell(*cell, dtype=dtype, seed=seed)
        self.cell = cell
        self.all_states = all_states

    def forward(self, x: Any) -> Any:
        """Apply the cell to each step in turn.

        Raises:
            ShapeError: x does not have the shape (batch, time, features), with at least one step.

        """
        shape = np.shape(x)
        if len(shape) < 3 or shape[1] == 0:
            raise ShapeError(f"{self!r} takes inputs of shape (batch, time, features) with time ≥ 1, not {shape}")
        state, states = None, []
        for t in range(shape[1]):
            state = self.cell(x[:, t], state)
            states.append(state)
        return stack(states, axis=1) if self.all_states else state

    def __repr__(self) -> str:
        return f"Recurrent({self.cell!r}{', all_states=True' * self.all_states})"
