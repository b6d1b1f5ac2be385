"""scikit-learn's own checks of an estimator: all of them, with no expected failure."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from backprop.sklearn import MLPClassifier, MLPRegressor
from backprop.training import AdamW

ESTIMATORS = [
    MLPClassifier(),
    MLPClassifier((16,), activation="tanh", solver="sgd", learning_rate_init=0.05, batch_size=20),
    MLPClassifier((16,), solver=AdamW(learning_rate=0.01), batch_size=20),
    MLPRegressor(),
    MLPRegressor((16,), activation="logistic", solver="sgd", learning_rate_init=0.1, batch_size=20),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # the checks train for a few epochs
@pytest.mark.filterwarnings("ignore::sklearn.utils.estimator_checks.SkipTestWarning")
@parametrize_with_checks(ESTIMATORS)
def test_check(estimator, check):
    check(estimator)
