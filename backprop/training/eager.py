"""The loss and the gradient of a batch by an ordinary forward and backward pass."""

from typing import Any

from ..engine import next_number, seed_for
from ..sweep import leaf_gradients
from .flat import FlatParameters
from .steps import Array


class EagerStep:
    """Runs the model on tensors and differentiates what it did: works for every model.

    Args:
        model: called with the inputs, gives the outputs.
        loss: has `compute(outputs, targets)`.
        flat: the parameters of the model.

    """

    def __init__(self, model: Any, loss: Any, flat: FlatParameters) -> None:
        self._model = model
        self._loss = loss
        self._flat = flat

    def step(self, x: Array, y: Array) -> float:
        """See `Step`.

        Raises:
            InPlaceError: the model kept a tensor of an earlier step, computed from parameters as they were then.

        """
        start = next_number()
        loss = self._loss.compute(self._model(x), y)
        places = self._flat.destinations
        gradients = leaf_gradients(loss, seed_for(loss), places, start)
        for tensor, view in places.items():
            gradient = gradients.get(tensor._number)
            if gradient is not view:
                view[...] = 0 if gradient is None else gradient  # None: the loss does not depend on it
        return float(loss._value)
