"""The same network, examples and settings: what scikit-learn's own estimators compute, and as well on real digits."""

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from backprop.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def pair(kind, x, y, **settings):
    """Ours and theirs, trained from the same weights for some epochs."""
    theirs_of = getattr(neural_network, kind.__name__)
    start = {**settings, "solver": "sgd", "momentum": 0.0, "learning_rate_init": 1e-300, "max_iter": 1}
    fixed = {"warm_start": True, "alpha": 0.0, "shuffle": False, "tol": 0.0, "n_iter_no_change": 1000}
    ours, theirs = (cls(**{**start, **fixed}).fit(x, y) for cls in (kind, theirs_of))
    weights = {}
    for i, (weight, bias) in enumerate(zip(theirs.coefs_, theirs.intercepts_, strict=True)):
        weights |= {f"layers.{2 * i}.weight": weight, f"layers.{2 * i}.bias": bias}
    ours.model_.load_state_dict(weights)
    back = {**{name: kind().get_params()[name] for name in start}, **settings}
    return [model.set_params(**back).fit(x, y) for model in (ours, theirs)]


def assert_alike(ours, theirs, x):
    np.testing.assert_allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=1e-9)
    for own, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(ours.predict(x).shape, theirs.predict(x).shape)
    assert (ours.n_iter_, ours.n_layers_, ours.n_outputs_) == (theirs.n_iter_, theirs.n_layers_, theirs.n_outputs_)
    assert ours.out_activation_ == theirs.out_activation_


SETTINGS = [
    # scikit-learn's Adam adds epsilon before the correction for the start, ours after it, as PyTorch does.
    {"solver": "adam", "activation": "tanh", "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-30},
    {"solver": "sgd", "activation": "relu", "learning_rate_init": 0.05},
    {"solver": "sgd", "activation": "logistic", "nesterovs_momentum": False, "momentum": 0.5},
    {"solver": "sgd", "activation": "identity", "momentum": 0.0},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s['solver']}-{s['activation']}")
@pytest.mark.parametrize("classes", [2, 10])
def test_classifier_computes_the_same(settings, classes):
    x, y = load_digits(n_class=classes, return_X_y=True)
    x, y = x[:230] / 16, y[:230]
    ours, theirs = pair(MLPClassifier, x, y, hidden_layer_sizes=(12, 9), batch_size=64, max_iter=8, **settings)
    assert_alike(ours, theirs, x)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-8)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))
    np.testing.assert_allclose(ours.predict_log_proba(x), theirs.predict_log_proba(x), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s['solver']}-{s['activation']}")
def test_regressor_computes_the_same(settings):
    x, y = load_diabetes(return_X_y=True)
    x, y = StandardScaler().fit_transform(x), (y - y.mean()) / y.std()
    ours, theirs = pair(MLPRegressor, x, y, hidden_layer_sizes=(12, 9), batch_size=64, max_iter=8, **settings)
    assert_alike(ours, theirs, x)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=1e-6, atol=1e-8)


def test_digits_are_read_as_well():
    x_train, x_test, y_train, y_test = train_test_split(*load_digits(return_X_y=True), random_state=0)
    scores = [
        make_pipeline(StandardScaler(), cls((64,), max_iter=60, batch_size=32, random_state=1))
        .fit(x_train, y_train)
        .score(x_test, y_test)
        for cls in (MLPClassifier, neural_network.MLPClassifier)
    ]
    assert scores[0] > 0.96
    assert scores[0] > scores[1] - 0.015
