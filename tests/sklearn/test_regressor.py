"""One and several outputs."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.exceptions import DataConversionWarning

from backprop.sklearn import MLPRegressor

QUICK = {"learning_rate_init": 0.02, "max_iter": 1000, "random_state": 0, "n_iter_no_change": 30}


def curve():
    x = np.linspace(-2, 2, 80)[:, None]
    return x, np.sin(2 * x[:, 0])


def test_a_curve_is_fitted():
    x, y = curve()
    model = MLPRegressor((32,), activation="tanh", **QUICK).fit(x, y)
    assert model.score(x, y) > 0.99
    assert model.predict(x).shape == (80,)
    assert model.out_activation_ == "identity"
    assert model.n_outputs_ == 1


def test_the_loss_is_half_the_mean_of_the_squared_errors():
    x, y = curve()
    model = MLPRegressor((4,), solver="sgd", learning_rate_init=1e-300, max_iter=1, n_iter_no_change=1, random_state=0)
    with pytest.warns(match="still improving"):
        model.fit(x, y)
    assert model.loss_ == pytest.approx(np.mean((model.predict(x) - y) ** 2) / 2, rel=1e-12)


def test_several_outputs():
    x, y = curve()
    both = np.column_stack([y, x[:, 0] ** 2])
    model = MLPRegressor((32,), activation="tanh", **QUICK).fit(x, both)
    assert model.predict(x).shape == (80, 2)
    assert model.score(x, both) > 0.98
    assert model.coefs_[-1].shape == (32, 2)


def test_a_column_is_taken_as_a_vector_with_a_warning():
    x, y = curve()
    short = {**QUICK, "max_iter": 3, "n_iter_no_change": 1, "tol": 1e6}
    with pytest.warns(DataConversionWarning, match="1d array was expected"):
        column = MLPRegressor((4,), **short).fit(x, y[:, None])
    np.testing.assert_array_equal(column.predict(x), MLPRegressor((4,), **short).fit(x, y).predict(x))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_early_stopping_watches_r2():
    x, y = load_diabetes(return_X_y=True)
    y = (y - y.mean()) / y.std()
    model = MLPRegressor((16,), early_stopping=True, learning_rate_init=0.01, random_state=0).fit(x, y)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert 0.2 < model.best_validation_score_ < 1


def test_integers_and_float32():
    x, _ = curve()
    model = MLPRegressor((8,), **{**QUICK, "tol": 1e-2}).fit(x.astype(np.float32), np.arange(80) // 8)
    assert model.predict(x).dtype == np.float32
