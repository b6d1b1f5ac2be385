from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop import Tensor
from backprop.training import metrics as m

peer = pytest.importorskip("sklearn.metrics")


@st.composite
def classified(draw: Any, fewest: int = 2) -> tuple[Any, Any, int]:
    """Scores without ties, labels, and the number of classes."""
    count, classes = draw(st.integers(1, 40)), draw(st.integers(fewest, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.permuted(rng.random((count, classes)), axis=1), rng.integers(0, classes, count), classes


@st.composite
def regressed(draw: Any) -> tuple[Any, Any]:
    count, columns = draw(st.integers(2, 30)), draw(st.sampled_from([None, 1, 3]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (count,) if columns is None else (count, columns)
    targets = draw(st.sampled_from([rng.normal(size=shape), np.full(shape, 2.0)]))
    return targets + draw(st.sampled_from([0.0, 0.5])) * rng.normal(size=shape), targets


@given(classified())
def test_accuracy(case: tuple[Any, Any, int]) -> None:
    scores, labels, classes = case
    expected = peer.accuracy_score(labels, scores.argmax(1))
    assert m.accuracy(scores, labels) == pytest.approx(expected)
    assert m.accuracy(scores, np.eye(classes)[labels]) == pytest.approx(expected)
    assert m.accuracy(scores.argmax(1), labels) == pytest.approx(expected)
    assert m.top_k_accuracy(scores, labels, 1) == pytest.approx(expected)
    assert m.accuracy(Tensor(scores), labels) == pytest.approx(expected)


@given(classified(fewest=3), st.integers(1, 5))
def test_top_k(case: tuple[Any, Any, int], k: int) -> None:
    scores, labels, classes = case
    assume(k < classes)
    expected = peer.top_k_accuracy_score(labels, scores, k=k, labels=range(classes))
    assert m.top_k_accuracy(scores, labels, k) == pytest.approx(expected)
    assert m.metric_for(f"top_{k}_accuracy")(scores, labels) == pytest.approx(expected)


def test_ties_count_for_the_first_as_in_argmax() -> None:
    scores = np.zeros((3, 3))
    for k in (1, 2, 3):
        assert m.top_k_accuracy(scores, [0, 1, 2], k) == pytest.approx(k / 3)


@given(classified())
def test_precision_recall_and_f1(case: tuple[Any, Any, int]) -> None:
    scores, labels, classes = case
    predicted = scores.argmax(1)
    averages = ["macro"] if classes > 2 else ["macro", "binary"]
    for average in averages:
        options = {"average": average, "zero_division": 0}
        assert m.precision(scores, labels, average) == pytest.approx(peer.precision_score(labels, predicted, **options))
        assert m.recall(scores, labels, average) == pytest.approx(peer.recall_score(labels, predicted, **options))
        assert m.f1_score(scores, labels, average) == pytest.approx(peer.f1_score(labels, predicted, **options))
    assert m.f1_score(scores, labels) == m.f1_score(scores, labels, averages[-1])


@given(classified())
def test_confusion_matrix(case: tuple[Any, Any, int]) -> None:
    scores, labels, classes = case
    expected = peer.confusion_matrix(labels, scores.argmax(1), labels=range(classes))
    assert np.array_equal(m.confusion_matrix(scores, labels), expected)
    assert (
        m.confusion_matrix(scores, labels).sum(0).tolist() == np.bincount(scores.argmax(1), minlength=classes).tolist()
    )


@given(st.integers(1, 30), st.integers(0, 2**32), st.booleans(), st.sampled_from([int, float, bool]))
def test_one_column_of_logits(count: int, seed: int, column: bool, kind: Any) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=count), rng.integers(0, 2, count)
    outputs, targets = (logits[:, None], labels[:, None].astype(kind)) if column else (logits, labels.astype(kind))
    assert m.accuracy(outputs, targets) == pytest.approx(peer.accuracy_score(labels, logits > 0))
    assert m.recall(outputs, targets) == pytest.approx(peer.recall_score(labels, logits > 0, zero_division=0))


def test_more_axes_are_more_examples() -> None:
    scores, labels = np.random.default_rng(0).random((4, 5, 5)), np.arange(20).reshape(4, 5) % 5
    assert m.accuracy(scores, labels) == m.accuracy(scores.reshape(20, 5), labels.reshape(20))
    assert m.top_k_accuracy(scores, labels, 2) == m.top_k_accuracy(scores.reshape(20, 5), labels.reshape(20), 2)


@given(regressed())
def test_regression(case: tuple[Any, Any]) -> None:
    outputs, targets = case
    assert m.mean_absolute_error(outputs, targets) == pytest.approx(peer.mean_absolute_error(targets, outputs))
    assert m.root_mean_squared_error(outputs, targets) == pytest.approx(peer.root_mean_squared_error(targets, outputs))
    assert m.r2_score(outputs, targets) == pytest.approx(peer.r2_score(targets, outputs))


def test_a_column_and_a_row_of_examples_are_the_same() -> None:
    assert m.mean_absolute_error(np.ones((3, 1)), np.zeros(3)) == 1
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(1, 3\) should be the same"):
        m.mean_absolute_error(np.ones((3, 1)), np.zeros((1, 3)))


def test_float32_is_summed_in_float64() -> None:
    large = np.full(10, 1e30, np.float32)
    assert m.root_mean_squared_error(large, np.zeros(10, np.float32)) == pytest.approx(1e30)


def test_r2_of_one_example_is_not_a_number() -> None:
    assert np.isnan(m.r2_score([1.0], [2.0]))


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        (np.zeros((0, 2)), np.zeros(0, int), r"outputs of shape \(0, 2\) hold no example"),
        ([[np.nan, 0.0]], [0], r"outputs hold NaN"),
        ([[1.0, 0.0]], ["a"], r"targets have the type"),
        ([[1.0, 0.0]], [2], r"label 2 of the targets is no class: labels are 0 to 1"),
        ([[1.0, 0.0]], [-1], r"label -1 of the targets"),
        ([1.0], [2], r"label 2 of the targets.*0 to 1"),
        ([[1.0, 0.0]], [0, 1], r"outputs of shape \(1, 2\) and targets of shape \(2,\) do not fit"),
        ([[1.0, 0.0]], [[1.0, 1.0]], r"do not add up to 1"),
        ([1.0], [0.5], r"not whole numbers"),
    ],
)
def test_what_is_not_classified_is_refused(outputs: Any, targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        m.accuracy(outputs, targets)


def test_other_errors() -> None:
    scores, labels = np.eye(3), [0, 1, 2]
    with pytest.raises(ValueError, match=r"needs two classes, and there are 3"):
        m.precision(scores, labels, "binary")
    with pytest.raises(ValueError, match=r"average should be"):
        m.precision(scores, labels, "micro")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"3 classes.*classes=2"):
        m.confusion_matrix(scores, labels, 2)
    with pytest.raises(ValueError, match=r"k should be 1 or more"):
        m.top_k_accuracy(scores, labels, 0)
    with pytest.raises(ValueError, match=r"shape \(examples, classes\)"):
        m.top_k_accuracy([0.5], [1])


def test_metrics_by_name() -> None:
    assert all(m.metric_for(name) is function and function.__name__ == name for name, function in m.METRICS.items())
    with pytest.raises(
        ValueError, match=r"no metric 'acuracy': did you mean 'accuracy'\?.*f1_score.*or give a function"
    ):
        m.metric_for("acuracy")
    with pytest.raises(TypeError, match=r"a name or a function"):
        m.metric_for(3)  # type: ignore[arg-type]


def test_a_metric_of_ones_own_has_a_name() -> None:
    def mine(outputs: Any, targets: Any) -> float:
        return 0.5

    class Callable:
        def __call__(self, outputs: Any, targets: Any) -> float:
            return 0.25

    assert m.metric_for(mine) is mine
    named = m.metric_for(Callable())
    assert named.__name__ == "Callable"
    assert named([1.0], [1]) == 0.25
