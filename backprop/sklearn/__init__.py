"""Estimators for scikit-learn, trained by `backprop.training.fit`: for pipelines, searches and cross-validation.

Needs the extra: `pip install "backprop-tutorial[sklearn]"`.

>>> from backprop.datasets import moons
>>> x, labels = moons(200, noise=0.1, seed=0)
>>> model = MLPClassifier((32,), learning_rate_init=0.02, batch_size=20, tol=1e-3, random_state=0)
>>> model.fit(x, labels).score(x, labels) > 0.98
True

"""

try:
    import sklearn as _sklearn  # type: ignore[import-untyped]  # noqa: F401
except ImportError as error:
    raise ImportError(
        "backprop.sklearn needs scikit-learn, which is not installed. "
        'Install it with: pip install "backprop-tutorial[sklearn]"'
    ) from error

from .base import MultilayerPerceptron
from .classifier import MLPClassifier
from .regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "MultilayerPerceptron"]
