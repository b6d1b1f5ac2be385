"""How good a model's outputs are, as one number a person understands: functions of (outputs, targets).

Classification. Outputs are logits or probabilities of shape (examples, classes), of which the largest counts; or one
column of logits, shape (examples, 1) or (examples,), where positive means class 1; or predicted labels, whole numbers.
Targets are labels, or one-hot rows. More axes before the last one are taken as more examples. Values are those of
scikit-learn.

Regression. Outputs and targets have the same shape, (examples,) or (examples, values).
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

import numpy as np

from ..values import value_of
from .hyperparameters import called_with
from .inputs import Array

Metric: TypeAlias = Callable[[Any, Any], float]
Average: TypeAlias = Literal["binary", "macro"] | None


def accuracy(outputs: Any, targets: Any) -> float:
    """Share of the examples whose class is right.

    >>> accuracy([[2.0, -1.0], [0.5, 0.1]], [0, 1]), accuracy([3.0, -2.0], [1, 0])
    (0.5, 1.0)

    Raises:
        ValueError: no example, NaN, shapes that do not fit, or targets of more than one class at a time.

    """
    predicted, wanted, _ = _classes(outputs, targets)
    return float(np.mean(predicted == wanted))


def top_k_accuracy(outputs: Any, targets: Any, k: int = 5) -> float:
    """Share of the examples whose class is among the `k` with the largest outputs; of equal ones, the first count.

    >>> top_k_accuracy([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]], [2, 2], k=2)
    0.5

    Raises:
        ValueError: as `accuracy`; or outputs that are not of shape (examples, classes); or k below 1.

    """
    if k < 1:
        raise ValueError(f"top_k_accuracy: k should be 1 or more, not {k}")
    _, wanted, _ = _classes(outputs, targets)
    scores = np.asarray(value_of(outputs))
    if scores.ndim < 2 or scores.shape[-1] < 2:
        raise ValueError(f"top_k_accuracy: outputs need the shape (examples, classes), not {scores.shape}")
    scores = scores.reshape(-1, scores.shape[-1])
    label = wanted[:, None]
    own = np.take_along_axis(scores, label, 1)
    before = (scores > own) | ((scores == own) & (np.arange(scores.shape[1]) < label))
    return float(np.mean(before.sum(1) < k))


def precision(outputs: Any, targets: Any, average: Average = None) -> float:
    """Of the examples that were put in a class, the share that belong there; 0 if none were put there.

    Args:
        outputs: logits or probabilities of shape (examples, classes), a column of logits, or predicted labels.
        targets: labels, or one-hot rows.
        average: `"binary"`: of class 1; `"macro"`: mean over the classes that occur; None: `"binary"` with two
            classes, else `"macro"`.

    >>> precision([3.0, 2.0, -1.0], [1, 0, 1])
    0.5

    Raises:
        ValueError: as `accuracy`; or `"binary"` with more than two classes.

    """
    right, put, _, chosen = _counts(outputs, targets, average)
    return _mean_share(right, put, chosen)


def recall(outputs: Any, targets: Any, average: Average = None) -> float:
    """Of the examples that belong to a class, the share that were put there; 0 if none belong there.

    Arguments and errors are those of `precision`.

    >>> recall([3.0, 2.0, -1.0, -2.0], [1, 1, 1, 1])
    0.5
    """
    right, _, belong, chosen = _counts(outputs, targets, average)
    return _mean_share(right, belong, chosen)


def f1_score(outputs: Any, targets: Any, average: Average = None) -> float:
    """Harmonic mean of precision and recall, 2PR / (P + R) of each class; 0 if both are.

    Arguments and errors are those of `precision`.

    >>> f1_score([3.0, 2.0, -1.0], [1, 0, 1])
    0.5
    """
    right, put, belong, chosen = _counts(outputs, targets, average)
    return _mean_share(2 * right, put + belong, chosen)


def confusion_matrix(outputs: Any, targets: Any, classes: int | None = None) -> Array:
    """How many examples of each class were put in each class.

    Args:
        outputs: logits or probabilities of shape (examples, classes), a column of logits, or predicted labels.
        targets: labels, or one-hot rows.
        classes: number of classes; None for as many as the outputs have columns, or labels say.

    Returns:
        Whole numbers of shape (classes, classes): a row for each true class, a column for each predicted one.

    Raises:
        ValueError: as `accuracy`; or a label that is no class.

    >>> confusion_matrix([[2.0, 1.0], [0.0, 1.0], [0.0, 1.0]], [0, 0, 1])
    array([[1, 1],
           [0, 1]])

    """
    predicted, wanted, found = _classes(outputs, targets)
    size = found if classes is None else classes
    if found > size:
        raise ValueError(f"confusion_matrix: there are {found} classes in outputs or targets, and classes={classes}")
    return np.bincount(wanted * size + predicted, minlength=size * size).reshape(size, size)


def mean_absolute_error(outputs: Any, targets: Any) -> float:
    """Mean of |output - target|, in the unit of the targets.

    >>> mean_absolute_error([1.0, 4.0], [2.0, 2.0])
    1.5

    Raises:
        ValueError: no example, NaN, or shapes that differ.

    """
    outputs, targets = _numbers(outputs, targets)
    return float(np.mean(np.abs(outputs - targets)))


def root_mean_squared_error(outputs: Any, targets: Any) -> float:
    """Square root of the mean of (output - target)², in the unit of the targets; the mean over several columns.

    >>> root_mean_squared_error([1.0, 4.0], [2.0, 11.0])
    5.0

    Raises:
        ValueError: no example, NaN, or shapes that differ.

    """
    outputs, targets = _numbers(outputs, targets)
    return float(np.mean(np.sqrt(np.mean(np.square(outputs - targets), axis=0))))


def r2_score(outputs: Any, targets: Any) -> float:
    """Share of the variance of the targets that the outputs explain; the mean over several columns.

    1 - Σ(target - output)² / Σ(target - mean)². Where all targets are equal it is 1 if they are met exactly, else 0.
    NaN for a single example.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.7857142857142857

    Raises:
        ValueError: no example, NaN, or shapes that differ.

    """
    outputs, targets = _numbers(outputs, targets)
    if len(targets) < 2:
        return float("nan")
    missed = np.sum(np.square(targets - outputs), axis=0)
    spread = np.sum(np.square(targets - targets.mean(0)), axis=0)
    shares = np.where(missed == 0, 1.0, 1 - missed / np.where(spread == 0, 1, spread))
    return float(np.mean(np.where((spread == 0) & (missed != 0), 0.0, shares)))


METRICS: dict[str, Metric] = {
    function.__name__: function
    for function in (
        accuracy,
        top_k_accuracy,
        precision,
        recall,
        f1_score,
        mean_absolute_error,
        root_mean_squared_error,
        r2_score,
    )
}


def metric_for(metric: str | Metric) -> Metric:
    """The metric of this name, such as `"accuracy"` or `"top_3_accuracy"`; a function of one's own is given back.

    The result has a `__name__`, under which a history records it.

    >>> metric_for("f1_score") is f1_score
    True
    >>> metric_for("top_3_accuracy").__name__
    'top_3_accuracy'

    Raises:
        ValueError: there is no such metric; the message lists those there are.
        TypeError: it is neither a name nor a function of two arguments.

    """
    if callable(metric):
        called_with("a metric", metric, "outputs", "targets")
        return metric if hasattr(metric, "__name__") else _named(metric, type(metric).__name__)
    if not isinstance(metric, str):
        raise TypeError(f"a metric is a name or a function of (outputs, targets), not {metric!r}")
    if metric in METRICS:
        return METRICS[metric]
    if (found := re.fullmatch(r"top_([1-9]\d*)_accuracy", metric)) is not None:
        k = int(found[1])
        return _named(lambda outputs, targets: top_k_accuracy(outputs, targets, k), metric)
    close = get_close_matches(metric, METRICS, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ValueError(f"there is no metric {metric!r}: {hint}There are {', '.join(METRICS)}; or give a function")


def _named(metric: Metric, name: str) -> Metric:
    def named(outputs: Any, targets: Any) -> float:
        return metric(outputs, targets)

    named.__name__ = name
    return named


def _classes(outputs: Any, targets: Any) -> tuple[Array, Array, int]:
    """Predicted and true labels of all examples, and how many classes there are."""
    outputs, targets = np.asarray(value_of(outputs)), np.asarray(value_of(targets))
    _check("outputs", outputs)
    _check("targets", targets)
    columns = outputs.shape[-1] if outputs.ndim > 1 else 1
    classes: int | None = None
    if outputs.dtype.kind in "iub" and (outputs.shape == targets.shape or columns == 1):
        predicted, wanted = outputs, targets
    elif columns == 1:
        predicted, wanted, classes = outputs > 0, targets, 2
    else:
        predicted, classes = outputs.argmax(-1), columns
        wanted = _one_hot_labels(targets) if targets.shape == outputs.shape else targets
    if predicted.size != wanted.size:
        raise ValueError(
            f"outputs of shape {outputs.shape} and targets of shape {targets.shape} do not fit: "
            "give outputs (examples, classes) and labels (examples,)"
        )
    labels = wanted.reshape(-1).astype(np.intp)
    if not np.array_equal(labels, wanted.reshape(-1)):
        raise ValueError("the targets are not labels: they are not whole numbers")
    predicted = predicted.reshape(-1).astype(np.intp)
    if classes is None:
        classes = max(2, int(predicted.max()) + 1, int(labels.max()) + 1)
    for name, found in (("outputs", predicted), ("targets", labels)):
        if found.min() < 0 or found.max() >= classes:
            wrong = found[(found < 0) | (found >= classes)][0]
            raise ValueError(f"label {wrong} of the {name} is no class: labels are 0 to {classes - 1}")
    return predicted, labels, classes


def _one_hot_labels(targets: Array) -> Array:
    if not np.allclose(targets.sum(-1), 1, atol=1e-4):
        raise ValueError("each example needs one class: the rows of the targets do not add up to 1")
    labels: Array = targets.argmax(-1)
    return labels


def _counts(outputs: Any, targets: Any, average: Average) -> tuple[Array, Array, Array, Array]:
    """For each class how many are right, were put there, and belong there; and which classes to average over."""
    matrix = confusion_matrix(outputs, targets)
    if average not in ("binary", "macro", None):
        raise ValueError(f'average should be "binary", "macro" or None, not {average!r}')
    if average == "binary" and len(matrix) > 2:
        raise ValueError(f'average="binary" needs two classes, and there are {len(matrix)}: use "macro"')
    right, put, belong = matrix.diagonal(), matrix.sum(0), matrix.sum(1)
    macro = average == "macro" or len(matrix) > 2
    return right, put, belong, (put + belong > 0) if macro else np.array([False, True])


def _mean_share(part: Array, whole: Array, chosen: Array) -> float:
    return float(np.mean((part / np.maximum(whole, 1))[chosen]))


def _numbers(outputs: Any, targets: Any) -> tuple[Array, Array]:
    """Both as float64 of shape (examples, values)."""
    outputs, targets = np.asarray(value_of(outputs)), np.asarray(value_of(targets))
    _check("outputs", outputs)
    _check("targets", targets)
    shapes = {array.shape if array.ndim > 1 else (len(array), 1) for array in (outputs, targets)}
    if len(shapes) > 1:
        raise ValueError(f"outputs of shape {outputs.shape} and targets of shape {targets.shape} should be the same")
    return outputs.reshape(len(outputs), -1).astype(float), targets.reshape(len(targets), -1).astype(float)


def _check(what: str, array: Array) -> None:
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{what} have the type {array.dtype}: give numbers")
    if array.size == 0 or array.ndim == 0:
        raise ValueError(f"{what} of shape {array.shape} hold no example")
    if np.isnan(array).any():
        raise ValueError(f"{what} hold NaN: the model has diverged, or the data has gaps")
