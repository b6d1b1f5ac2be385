"""A classifier for scikit-learn."""

from typing import Any, Self

import numpy as np
from scipy.sparse import issparse  # type: ignore[import-untyped]
from sklearn.base import ClassifierMixin  # type: ignore[import-untyped]
from sklearn.utils import column_or_1d  # type: ignore[import-untyped]
from sklearn.utils.multiclass import (  # type: ignore[import-untyped]
    check_classification_targets,
    type_of_target,
    unique_labels,
)

from ..nn import BinaryCrossEntropy, CrossEntropy, Loss
from ..operations import log_softmax, sigmoid, softmax, softplus
from .base import Array, MultilayerPerceptron


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):  # type: ignore[misc]
    """A multilayer perceptron that tells classes apart, trained on their cross-entropy.

    Two classes: one output, the logit of the second. More: one output a class, and a softmax. Targets with several
    columns of 0 and 1 (multilabel): one output a label, and a sigmoid for each.

    Parameters, and attributes once it is fitted: those of `MultilayerPerceptron`.

    Attributes:
        classes_: the labels, sorted; the columns of `predict_proba` are in this order.

    >>> x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> xor = MLPClassifier((16,), learning_rate_init=0.05, random_state=0).fit(x, ["same", "other", "other", "same"])
    >>> xor.predict([[0, 1], [1, 1]]).tolist()
    ['other', 'same']
    >>> xor.predict_proba([[0, 1]]).shape
    (1, 2)

    """

    classes_: Any
    _multilabel: Any

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:  # noqa: N803
        """Train for one epoch on these examples, from where the last call stopped, with the same optimizer state.

        Args:
            X: inputs, shape (examples, features).
            y: labels, shape (examples,); or 0 and 1, shape (examples, labels).
            classes: all labels that later calls may bring. Needed in the first call, except with several columns.

        Raises:
            ValueError: a label that is not among the classes, or classes other than those of the first call.

        """
        fresh = not hasattr(self, "model_")
        if classes is not None:
            classes = unique_labels(classes)
            if not fresh and not np.array_equal(classes, self.classes_):
                raise ValueError(f"classes are {classes}, but were {self.classes_} in an earlier call")
        elif fresh and not type_of_target(y).startswith("multilabel"):
            raise ValueError("give classes in the first call to partial_fit: all the labels that later calls may bring")
        self._train(X, y, fresh, classes, incremental=True)
        return self

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The most probable label of each example, shape (examples,); with several columns 0 or 1 in each of them."""
        scores = self._outputs(X)
        if self._multilabel:
            return (scores > 0).astype(int)
        positions = scores[:, 0] > 0 if self.n_outputs_ == 1 else scores.argmax(axis=1)
        labels: Array = self.classes_[positions.astype(np.intp)]
        return labels

    def decision_function(self, X: Any) -> Array:  # noqa: N803
        """The logits: shape (examples,) for two classes, (examples, classes or labels) otherwise."""
        scores = self._outputs(X)
        return scores[:, 0] if self.n_outputs_ == 1 and not self._multilabel else scores

    def predict_proba(self, X: Any) -> Array:  # noqa: N803
        """The probability of each class (with several columns: that of 1 in each), shape (examples, classes)."""
        scores = self._outputs(X)
        if self.out_activation_ == "softmax":
            return np.asarray(softmax(scores))
        if self._multilabel:
            return np.asarray(sigmoid(scores))
        return np.asarray(sigmoid(scores * np.array([-1, 1], scores.dtype)))

    def predict_log_proba(self, X: Any) -> Array:  # noqa: N803
        """The logarithm of `predict_proba`, exact also where a probability underflows."""
        scores = self._outputs(X)
        if self.out_activation_ == "softmax":
            return np.asarray(log_softmax(scores))
        if self._multilabel:
            return np.asarray(-softplus(-scores))
        return np.asarray(-softplus(scores * np.array([1, -1], scores.dtype)))

    def _score(self) -> Any:
        return exact_match if self._multilabel else "accuracy"

    def _targets(self, y: Any, fresh: bool, classes: Array | None) -> Array:
        """Positions of the labels among the classes, shape (examples,); of several columns, what they hold."""
        check_classification_targets(y)
        multilabel = type_of_target(y, input_name="y").startswith("multilabel")
        if multilabel:
            y = y.toarray() if issparse(y) else y
            found = np.arange(y.shape[1])
        else:
            y = column_or_1d(y, warn=True)
            found = unique_labels(y)
        if fresh:
            known = found if classes is None else classes
            if len(known) < 2 and not multilabel:
                raise ValueError(f"there is only 1 class, {known.tolist()[0]!r}: a classifier needs two at least")
        else:
            known = self.classes_
        strangers = np.setdiff1d(found, known)
        if len(strangers) or (not fresh and multilabel != self._multilabel):
            what = "several labels for each example" if multilabel else f"the classes {found}"
            raise ValueError(f"y has {what}, and the network knows the classes {known}: begin anew with fit")
        if fresh:
            self.classes_, self._multilabel = known, multilabel
            self.out_activation_ = "softmax" if len(known) > 2 and not multilabel else "logistic"
            self.n_outputs_ = 1 if len(known) == 2 and not multilabel else len(known)
        return np.asarray(y, np.intp) if multilabel else np.searchsorted(known, y)

    def _loss(self) -> Loss:
        return CrossEntropy() if self.out_activation_ == "softmax" else BinaryCrossEntropy()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def exact_match(outputs: Array, targets: Array) -> float:
    """Accuracy of several labels, as `score` has it: the share of the examples of which all labels are right."""
    return float(np.mean(np.all((outputs > 0) == (targets > 0), axis=1)))
