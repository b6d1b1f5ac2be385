"""Losses computed in one operation from logits, where the textbook formula would take the logarithm of 0."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .activations import sigmoid
from .affine import ones
from .operation import Operation, Value, refuse_tensors
from .reductions import sum_
from .selection import clip
from .softmax import log_softmax, softmax

SHORT = 32
"""Rows up to this length are spared reductions and broadcasts along the row, on each of which NumPy spends a call."""


class CrossEntropy(Operation):
    """Mean over the examples of -Σ t ln softmax(x), t being the target probabilities (one-hot for labels).

    Args:
        weighted: the targets of an example may add up to something else than 1: the weight of the example.

    An object serves one call: it keeps the exponentials of the forward pass for the backward pass.

    """

    __slots__ = ("_powers", "_seen", "_sums", "weighted")

    name, symbol = "cross_entropy", "CE"
    latex = r"\operatorname{CE}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} <g> (\operatorname{softmax}(<x>) - <targets>)"}

    def __init__(self, weighted: bool = False) -> None:
        self.weighted = weighted
        self._seen: Any = None

    def forward(self, x: Value, targets: Value) -> Value:
        shifted = _without_maxima(x)
        powers = np.exp(shifted)
        dtype = powers.dtype
        sums = powers.dot(ones(powers.shape[-1], dtype))
        self._seen, self._powers, self._sums = x, powers, sums
        logarithms = np.log(sums)
        if self.weighted:
            logarithms = logarithms * np.add.reduce(targets, -1)
        count = sums.size
        total = ones(count, dtype).dot(logarithms if sums.ndim == 1 else logarithms.ravel())
        loss = (total - np.vdot(targets, shifted)) / count
        if loss != loss:  # perhaps 0 · -∞, for a class that can be neither predicted nor right
            loss = -np.sum(targets * np.where(targets == 0, 0, log_softmax(x))) / count
        return loss

    def vjp_x(self, g: Value, y: Value, x: Value, targets: Value) -> Value:
        p = softmax(x)
        if self.weighted:
            p = p * sum_(targets, -1, keepdims=True)
        return (p - targets) * (g * (1 / rows_of(x)))

    def contributions(
        self, g: Value, y: Value, operands: Sequence[Value], outs: Sequence[Any]
    ) -> Sequence[Value] | None:
        x, targets = operands
        if x is not self._seen or outs[0] is False:
            return None
        sums = self._sums
        shape = x.shape
        if shape[-1] <= SHORT:
            p = sums.repeat(shape[-1]).reshape(shape)
            np.divide(self._powers, p, p)
        else:
            p = self._powers / sums[..., None]
        if self.weighted:
            p *= np.add.reduce(targets, -1, keepdims=True)
        p -= targets
        # An array of shape () as a factor is a third faster than a NumPy number.
        return np.multiply(p, _reciprocal(sums.size, p.dtype) if g == 1 else g * (1 / sums.size), p), None


class BinaryCrossEntropy(Operation):
    """Mean of -[t ln σ(x) + (1 - t) ln(1 - σ(x))], t being the target probabilities."""

    name, symbol = "binary_cross_entropy", "BCE"
    latex = r"\operatorname{BCE}(<x>)"
    vjp_latex = {"x": r"\tfrac{1}{n} <g> (\sigma(<x>) - <targets>)"}

    def forward(self, x: Value, targets: Value) -> Value:
        # Not softplus(x) - x t: the large terms are subtracted first, so that a small loss keeps its digits.
        return np.mean(np.maximum(x, 0) - x * targets + np.log1p(np.exp(-np.abs(x))))

    def vjp_x(self, g: Value, y: Value, x: Value, targets: Value) -> Value:
        return (g * (1 / np.size(x))) * (sigmoid(x) - targets)


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


@dataclass(eq=False, repr=False, slots=True)
class Huber(Operation):
    """Mean of e²/2 where |e| = |prediction - target| ≤ delta, and of delta (|e| - delta/2) elsewhere. Huber (1964)."""

    delta: float = 1.0

    name, symbol = "huber", "Huber"
    latex = r"\operatorname{Huber}(<prediction>, <target>)"
    vjp_latex = {
        "prediction": r"\tfrac{1}{n} <g> \operatorname{clip}(<prediction> - <target>, -<delta>, <delta>)",
        "target": r"\tfrac{1}{n} <g> \operatorname{clip}(<target> - <prediction>, -<delta>, <delta>)",
    }
    domain = "all real numbers; the second derivative at |e| = delta is taken as 1"

    def forward(self, prediction: Value, target: Value) -> Value:
        error = np.abs(prediction - target)
        if np.size(error) == 0:
            raise ValueError("the mean of no entries is not defined")
        small = np.minimum(error, self.delta)  # e²/2 up to delta, and from there on a straight line
        return np.mean(small * (error - 0.5 * small))

    def vjp_prediction(self, g: Value, y: Value, prediction: Value, target: Value) -> Value:
        difference = prediction - target
        return (g * (1 / np.size(difference))) * clip(difference, -self.delta, self.delta)

    def vjp_target(self, g: Value, y: Value, prediction: Value, target: Value) -> Value:
        return -self.vjp_prediction(g, y, prediction, target)


_binary_cross_entropy = BinaryCrossEntropy()
mean_squared_error = MeanSquaredError()


def huber(prediction: Value, target: Value, delta: float = 1.0) -> Value:
    """Mean Huber loss: quadratic for errors up to delta, linear beyond, so that outliers pull less.

    Raises:
        ValueError: delta is not positive.

    >>> float(huber(np.array([0.5, 3.0]), np.array([0.0, 0.0])))
    1.3125

    """
    refuse_tensors("huber", delta=delta)
    if not delta > 0:
        raise ValueError(f"huber: delta is the error from which the loss is linear, a positive number, not {delta}")
    return Huber(float(delta))(prediction, target)


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
    return CrossEntropy()(logits, _as_precise_as(logits, targets))


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
    return _binary_cross_entropy(logits, _as_precise_as(logits, targets))


@lru_cache(maxsize=64)
def _reciprocal(count: int, dtype: "np.dtype[Any]") -> "np.ndarray[Any, Any]":
    return np.array(1 / count, dtype)


def rows_of(x: Value) -> int:
    """Number of examples: of rows of the last axis."""
    return math.prod(np.shape(x)[:-1])


def _without_maxima(x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Less the largest entry of the row, or of all rows: no exponential overflows, and those of no row all vanish."""
    top = x.item(x.argmax())  # a third of the time of a reduction
    if top - x.item(x.argmin()) <= _span(x.dtype):  # also false for NaN and infinities
        return x - top
    return x - np.maximum.reduce(x, -1, keepdims=True)


@lru_cache(maxsize=8)
def _span(dtype: "np.dtype[Any]") -> float:
    """How far below 0 a number may be for its exponential to keep all its digits."""
    return -0.9 * math.log(np.finfo(dtype if dtype.kind == "f" else float).tiny)


def _as_precise_as(logits: Value, targets: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Targets in the precision of the logits: float32 stays float32. A copy, which nobody else can change."""
    return targets.astype(getattr(logits, "dtype", float))
