"""Cross-entropy of classes, from logits."""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ...operations import log_softmax, lookup, matmul, reshape, sum_
from ...operations.losses import CrossEntropy as Operation
from ...operations.losses import rows_of
from ..arguments import Precision
from ..errors import TargetError
from .loss import Loss
from .options import checked_smoothing, checked_weights
from .targets import Array, Shape, as_labels, as_numbers, as_probabilities, read_only

DENSE_CLASSES, DENSE_ENTRIES = 64, 2**18
"""With so many classes or fewer, labels are turned into rows of probabilities before training, if that makes an array
of so many entries or fewer: it saves a small network a look at a table in every step, and costs little memory."""
TABLE_CLASSES = 1024
"""With so many or fewer, the row of a label is looked up in a table of classes x classes; with more, none is made."""


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Softmax cross-entropy from logits: the mean of -Σ t ln softmax(x). Targets are labels, or probabilities.

    With label smoothing ε and C classes, t = (1 - ε) · target + ε / C (C. Szegedy et al., "Rethinking the Inception
    architecture for computer vision", CVPR 2016, section 7). Class weights w multiply the terms of the sum; for
    labels the mean is then divided by the sum of the weights of the labels. Both as PyTorch does.

    Args:
        label_smoothing: ε, 0 ≤ ε < 1.
        class_weights: a positive weight for each class, such as n / (C · count) where classes differ in size.

    >>> loss = CrossEntropy()
    >>> round(float(loss(np.array([[0.0, 0.0]]), [1])), 6)
    0.693147

    """

    label_smoothing: float = 0.0
    class_weights: tuple[float, ...] | None = None

    name = "cross_entropy"

    def __post_init__(self) -> None:
        checked_smoothing(self.label_smoothing)
        if self.class_weights is not None:
            object.__setattr__(self, "class_weights", checked_weights(self.class_weights))

    def prepare(self, targets: Any, output_shape: Shape, dtype: Precision) -> Array:
        """Probabilities in the shape of the outputs; or labels, if there are many classes or weights.

        See `Loss.prepare`.
        """
        if len(output_shape) == 0 or output_shape[-1] < 2:
            raise TargetError(
                f"cross_entropy needs outputs of shape (examples, classes) with two classes at least, not "
                f"{output_shape}; for one output that says yes or no, use binary_cross_entropy; for numbers to be "
                "fitted, mean_squared_error"
            )
        classes, weights = output_shape[-1], self.class_weights
        if weights is not None and len(weights) != classes:
            raise TargetError(f"{len(weights)} class weights for {classes} classes: give one for each output")
        array = as_numbers(targets, output_shape)
        if array.shape != output_shape:
            labels = as_labels(array, output_shape)
            if weights is not None or classes > DENSE_CLASSES or labels.size * classes > DENSE_ENTRIES:
                return labels
            return read_only(_target_rows(classes, self.label_smoothing, None, np.dtype(dtype))[labels])
        smooth = as_probabilities(array) * (1 - self.label_smoothing) + self.label_smoothing / classes
        return read_only((smooth if weights is None else smooth * np.asarray(weights)).astype(dtype))

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """See `Loss.compute`."""
        if prepared.dtype.kind == "f":
            return Operation(self.class_weights is not None)(outputs, prepared)
        classes, dtype = np.shape(outputs)[-1], outputs.dtype
        if classes > TABLE_CLASSES:
            return self._without_table(outputs, prepared)
        rows = lookup(_target_rows(classes, self.label_smoothing, self.class_weights, dtype), prepared)
        if self.class_weights is None:
            return Operation()(outputs, rows)
        total = sum_(lookup(_vector(self.class_weights, dtype), prepared))
        return Operation(weighted=True)(outputs, rows) * (rows_of(outputs) / total)

    def weight(self, prepared: Array) -> float:
        """Number of rows, or the sum of the weights of their labels."""
        if prepared.dtype.kind == "f":
            return float(rows_of(prepared))
        return float(prepared.size if self.class_weights is None else np.sum(np.take(self.class_weights, prepared)))

    def _without_table(self, outputs: Any, labels: Any) -> Any:
        """The same from labels alone: of each row, the logarithm at its label is picked, and all are added up."""
        shape, smoothing, weights = np.shape(outputs), self.label_smoothing, self.class_weights
        count, classes = prod(shape[:-1]), shape[-1]
        logarithms = log_softmax(outputs)
        places = reshape(labels, count) + np.arange(count) * classes
        picked = lookup(reshape(logarithms, count * classes), places)
        if weights is None:
            loss = -sum_(picked) * (1 - smoothing)
            return (loss - sum_(logarithms) * (smoothing / classes) if smoothing else loss) * (1 / count)
        vector = _vector(weights, outputs.dtype)
        chosen = lookup(vector, reshape(labels, count))
        loss = -sum_(picked * chosen) * (1 - smoothing)
        if smoothing:
            loss = loss - sum_(matmul(logarithms, vector)) * (smoothing / classes)
        return loss / sum_(chosen)


@lru_cache(maxsize=16)
def _target_rows(classes: int, smoothing: float, weights: tuple[float, ...] | None, dtype: np.dtype[Any]) -> Array:
    """Row c: the target of an example of class c, smoothed and multiplied by the weights of the classes."""
    rows = (1 - smoothing) * np.eye(classes) + smoothing / classes
    return read_only((rows if weights is None else rows * np.asarray(weights)).astype(dtype))


@lru_cache(maxsize=16)
def _vector(weights: tuple[float, ...], dtype: np.dtype[Any]) -> Array:
    return read_only(np.asarray(weights, dtype))
