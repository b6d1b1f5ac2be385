"""Loss and metrics of a set of examples, from the outputs of the model as it would be used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..values import value_of
from .inputs import Array

Metrics = Mapping[str, Callable[[Any, Any], float]]


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs and targets that were checked."""

    x: Array
    """Inputs, shape (examples, …), in the precision of the model."""
    y: Any
    """Targets as the user gave them: labels, say. Metrics are computed from these."""
    prepared: Array
    """Targets as the loss wants them."""


def outputs_of(model: Any, examples: Examples) -> Array:
    """The outputs of the model in evaluation mode, shape (examples, …). NumPy's warnings of overflow are kept quiet."""
    with np.errstate(all="ignore"):
        outputs: Array = model.predict(examples.x)
    return outputs


def loss_of(loss: Any, outputs: Array, examples: Examples) -> float:
    """Mean loss of all the examples."""
    with np.errstate(all="ignore"):
        return float(value_of(loss.compute(outputs, examples.prepared)))


def metrics_of(metrics: Metrics, outputs: Array, examples: Examples) -> dict[str, float]:
    """Every metric of the examples by its name.

    Raises:
        TypeError: a metric gave something else than one number.

    """
    return {name: _number(name, metric(outputs, examples.y)) for name, metric in metrics.items()}


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"the metric {name} gave {value!r:.80}; a metric is one number") from None
