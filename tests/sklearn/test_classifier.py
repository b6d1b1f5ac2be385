"""Labels of all kinds, probabilities, and several labels at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.datasets import load_digits, load_iris, make_multilabel_classification
from sklearn.exceptions import NotFittedError

from backprop.sklearn import MLPClassifier
from backprop.sklearn.classifier import exact_match

QUICK = {"learning_rate_init": 0.02, "random_state": 0, "tol": 1e-2}


def blobs(labels, count=20, seed=0):
    """Points around as many corners of a square as there are labels."""
    corners = np.array([[0, 0], [5, 5], [0, 5], [5, 0]], float)
    rng = np.random.default_rng(seed)
    x = np.concatenate([corners[i] + rng.normal(0, 0.3, (count, 2)) for i in range(len(labels))])
    return x, np.repeat(np.asarray(labels), count)


@pytest.mark.parametrize(
    "labels",
    [
        ["no", "yes"],
        ["b", "a", "c"],
        [3, -7],
        [10, 20, 30, 40],
        [True, False],
        [1.0, 2.0, 5.0],
        [np.uint8(3), np.uint8(9)],
    ],
    ids=str,
)
def test_labels_of_any_kind_are_learned_and_given_back(labels):
    x, y = blobs(labels)
    model = MLPClassifier((16,), **QUICK).fit(x, y)
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    predicted = model.predict(x)
    assert predicted.dtype == model.classes_.dtype
    np.testing.assert_array_equal(predicted, y)
    assert model.score(x, y) == 1.0


def test_object_labels():
    x, y = blobs(["small", "large"])
    model = MLPClassifier((16,), **QUICK).fit(x, y.astype(object))
    np.testing.assert_array_equal(model.predict(x), y)


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 2]])
def test_probabilities_agree_with_decisions_and_predictions(labels):
    x, y = blobs(labels)
    model = MLPClassifier((16,), **QUICK).fit(x, y)
    probabilities, scores = model.predict_proba(x), model.decision_function(x)
    assert probabilities.shape == (len(x), len(labels))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(1)], model.predict(x))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(x)), probabilities, atol=1e-12)
    if len(labels) == 2:
        assert scores.shape == (len(x),)
        np.testing.assert_allclose(np.log(probabilities[:, 1] / probabilities[:, 0]), scores, atol=1e-6)
    else:
        assert scores.shape == probabilities.shape
        differences = np.log(probabilities[:, 1] / probabilities[:, 0])
        np.testing.assert_allclose(differences, scores[:, 1] - scores[:, 0], atol=1e-6)


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 2]])
def test_logarithm_of_a_probability_that_underflows(labels):
    x, y = blobs(labels)
    model = MLPClassifier((16,), **QUICK).fit(x, y)
    far = x[:1] * 0 - 1e5
    assert 0.0 in model.predict_proba(far)
    logarithms = model.predict_log_proba(far)
    assert np.isfinite(logarithms).all()
    assert logarithms.min() < -700


def test_float32_stays_float32():
    x, y = blobs([0, 1, 2])
    model = MLPClassifier((8,), **QUICK).fit(x.astype(np.float32), y)
    assert model.predict_proba(x).dtype == np.float32
    assert {a.dtype for a in model.coefs_ + model.intercepts_} == {np.dtype(np.float32)}
    assert MLPClassifier((8,), **QUICK).fit(x.astype(int), y).model_.dtype == np.float64


def test_more_than_64_classes():
    rng = np.random.default_rng(0)
    y = np.tile(np.arange(70), 6)
    x = np.eye(70)[y] + rng.normal(0, 0.05, (len(y), 70))
    model = MLPClassifier((64,), learning_rate_init=0.01, random_state=0, tol=1e-3).fit(x, y)
    assert model.score(x, y) == 1.0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_several_labels_at_a_time():
    x, y = make_multilabel_classification(200, 10, n_classes=4, random_state=0)
    x = x / x.max()
    model = MLPClassifier((64,), learning_rate_init=0.02, batch_size=20, random_state=0).fit(x, y)
    assert model.score(x, y) > 0.9
    assert model.predict(x).shape == model.predict_proba(x).shape == model.decision_function(x).shape == y.shape
    np.testing.assert_array_equal(model.predict_proba(x) > 0.5, model.predict(x))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(x)), model.predict_proba(x))
    np.testing.assert_array_equal(model.classes_, np.arange(4))
    sparse = MLPClassifier((64,), learning_rate_init=0.02, batch_size=20, random_state=0).fit(x, csr_matrix(y))
    np.testing.assert_array_equal(sparse.predict_proba(x), model.predict_proba(x))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_several_labels_with_early_stopping():
    x, y = make_multilabel_classification(200, 10, n_classes=3, random_state=0)
    model = MLPClassifier((32,), early_stopping=True, learning_rate_init=0.01, random_state=0).fit(x / x.max(), y)
    assert 0 <= min(model.validation_scores_) <= max(model.validation_scores_) <= 1
    assert model.best_validation_score_ == max(model.validation_scores_)


def test_several_labels_are_right_together():
    assert exact_match(np.array([[2.0, -1.0], [3.0, 0.5], [-1.0, -1.0]]), np.array([[1, 0], [1, 0], [0, 1]])) == 1 / 3


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="only 1 class, 'a'"):
        MLPClassifier().fit([[0.0], [1.0]], ["a", "a"])


def test_a_failed_fit_leaves_the_fitted_one():
    x, y = blobs(["a", "b"])
    model = MLPClassifier((8,), **QUICK).fit(x, y)
    before = model.predict_proba(x)
    with pytest.raises(ValueError, match="only 1 class"):
        model.fit(x, ["a"] * len(x))
    np.testing.assert_array_equal(model.predict_proba(x), before)
    np.testing.assert_array_equal(model.predict(x), y)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba", "decision_function"])
def test_not_fitted(method):
    with pytest.raises(NotFittedError):
        getattr(MLPClassifier(), method)([[0.0]])
    assert not hasattr(MLPClassifier(), "coefs_")


@given(st.lists(st.sampled_from(["x", "y", "z"]), min_size=4, max_size=12).filter(lambda y: len(set(y)) > 1))
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_predictions_are_always_known_labels_and_probabilities_add_up(y):
    x = np.random.default_rng(0).normal(size=(len(y), 3))
    model = MLPClassifier((4,), max_iter=2, random_state=0).fit(x, y)
    assert set(model.predict(x)) <= set(y)
    assert model.classes_.tolist() == sorted(set(y))
    np.testing.assert_allclose(model.predict_proba(x).sum(1), 1)


def test_iris_and_digits_with_the_default_of_200_epochs():
    settings = {"learning_rate_init": 0.01, "batch_size": 30, "tol": 1e-3, "random_state": 0}
    x, y = load_iris(return_X_y=True)
    assert MLPClassifier((16,), **settings).fit(x, y).score(x, y) > 0.95
    x, y = load_digits(return_X_y=True)
    assert MLPClassifier((32,), **settings).fit(x / 16, y).score(x / 16, y) > 0.99
