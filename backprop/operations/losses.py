"""Losses computed in one operation from logits, where the textbook formula would take the logarithm of 0."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .activations import sigmoid
from .operation import Operation, Value
from .softmax import log_softmax, softmax


@dataclass(eq=False, repr=False, slots=True)
class CrossEntropy(Operation):
    """Mean over the examples of -Σ t ln softmax(x), t being the target probabilities (one-hot for labels)."""

    targets: Any

    name, symbol = "cross_entropy", "CE"
    latex = r"\operatorname{CE}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} <g> (\operatorname{softmax}(<x>) - <targets>)"}

    def forward(self, x: Value) -> Value:
        return -np.sum(self.targets * np.where(self.targets == 0, 0, log_softmax(x))) / _rows(x)

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return (g * (1 / _rows(x))) * (softmax(x) - self.targets)


@dataclass(eq=False, repr=False, slots=True)
class BinaryCrossEntropy(Operation):
    """Mean of -[t ln σ(x) + (1 - t) ln(1 - σ(x))], t being the target probabilities."""

    targets: Any

    name, symbol = "binary_cross_entropy", "BCE"
    latex = r"\operatorname{BCE}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} <g> (\sigma(<x>) - <targets>)"}

    def forward(self, x: Value) -> Value:
        # Not softplus(x) - x t: the large terms are subtracted first, so that a small loss keeps its digits.
        return np.mean(np.maximum(x, 0) - x * self.targets + np.log1p(np.exp(-np.abs(x))))

    def vjp_x(self, g: Value, y: Value, x: Value) -> Value:
        return (g * (1 / np.size(x))) * (sigmoid(x) - self.targets)


class MeanSquaredError(Operation):
    """Mean of (prediction - target)²; both are differentiable."""

    name, symbol = "mean_squared_error", "MSE"
    latex = r"\operatorname{MSE}(<prediction>, <target>)"
    vjp_latex = {
        "prediction": r"\tfrac{2}{n} <g> (<prediction> - <target>)",
        "target": r"\tfrac{2}{n} <g> (<target> - <prediction>)",
    }

    def forward(self, prediction: Value, target: Value) -> Value:
        difference = prediction - target
        if np.size(difference) == 0:
            raise ValueError("the mean of no entries is not defined")
        return np.mean(np.square(difference))

    def vjp_prediction(self, g: Value, y: Value, prediction: Value, target: Value) -> Value:
        difference = prediction - target
        return (g * (2 / np.size(difference))) * difference

    def vjp_target(self, g: Value, y: Value, prediction: Value, target: Value) -> Value:
        return -self.vjp_prediction(g, y, prediction, target)


mean_squared_error = MeanSquaredError()


def cross_entropy(logits: Value, targets: Any) -> Value:
    """Mean softmax cross-entropy, from logits.

    Args:
        logits: shape (…, classes).
        targets: labels, whole numbers of shape (…); or probabilities, of the shape of the logits.

    Raises:
        ValueError: shapes that do not belong together, no example, or a label that is no class.

    >>> round(float(cross_entropy(np.array([[0.0, 0.0]]), [1])), 6)
    0.693147

    """
    shape, targets = np.shape(logits), np.asarray(targets)
    if len(shape) == 0 or 0 in shape:
        raise ValueError(f"cross_entropy: logits need the shape (…, classes) and at least one example, not {shape}")
    if targets.dtype.kind in "iu" and targets.shape == shape[:-1]:
        wrong = targets[(targets < 0) | (targets >= shape[-1])]
        if wrong.size:
            classes = f"with {shape[-1]} classes the labels are 0 to {shape[-1] - 1}"
            raise ValueError(f"cross_entropy: label {wrong.flat[0]} is no class; {classes}")
        targets = np.eye(shape[-1])[targets]
    elif targets.shape != shape:
        raise ValueError(
            f"cross_entropy: targets of shape {targets.shape} and type {targets.dtype} do not fit logits of shape "
            f"{shape}; give whole-number labels of shape {shape[:-1]} or probabilities of shape {shape}"
        )
    elif not (np.all(targets >= 0) and np.allclose(targets.sum(-1), 1, atol=1e-4)):
        raise ValueError(
            "cross_entropy: targets are probabilities: not negative, and adding up to 1 along the last axis"
        )
    return CrossEntropy(_as_precise_as(logits, targets))(logits)


def binary_cross_entropy(logits: Value, targets: Any) -> Value:
    """Mean binary cross-entropy, from logits.

    Args:
        logits: any shape.
        targets: probabilities, or labels 0 and 1, of the same shape.

    Raises:
        ValueError: shapes that differ, no example, or a target outside [0, 1].

    >>> round(float(binary_cross_entropy(0.0, 1.0)), 6)
    0.693147

    """
    targets = np.asarray(targets, dtype=float)
    if targets.shape != np.shape(logits) or targets.size == 0:
        raise ValueError(
            f"binary_cross_entropy: targets of shape {targets.shape} do not fit logits of shape "
            f"{np.shape(logits)}; both need the same shape and at least one example"
        )
    if not np.all((targets >= 0) & (targets <= 1)):
        raise ValueError("binary_cross_entropy: targets are probabilities, between 0 and 1")
    return BinaryCrossEntropy(_as_precise_as(logits, targets))(logits)


def _rows(x: Value) -> int:
    return int(np.prod(np.shape(x)[:-1], dtype=int))


def _as_precise_as(logits: Value, targets: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Targets in the precision of the logits: float32 stays float32. A copy, which nobody else can change."""
    return targets.astype(getattr(logits, "dtype", float))
