"""A regressor for scikit-learn."""

from dataclasses import dataclass
from typing import Any, Self

from sklearn.base import RegressorMixin  # type: ignore[import-untyped]
from sklearn.utils import column_or_1d  # type: ignore[import-untyped]

from ..nn import Loss, MeanSquaredError
from .base import Array, MultilayerPerceptron


@dataclass(frozen=True)
class HalfSquaredError(MeanSquaredError):
    """Half the mean of (output - target)², which scikit-learn trains on: learning rates mean the same here as there."""

    def compute(self, outputs: Any, prepared: Any) -> Any:
        """See `Loss.compute`."""
        return 0.5 * super().compute(outputs, prepared)


class MLPRegressor(RegressorMixin, MultilayerPerceptron):  # type: ignore[misc]
    """A multilayer perceptron that fits numbers, trained on half the mean of the squared errors.

    Targets with several columns give a network with several outputs. Parameters, and attributes once it is fitted:
    those of `MultilayerPerceptron`.

    >>> import numpy as np
    >>> x = np.linspace(-2, 2, 100)[:, None]
    >>> model = MLPRegressor((32,), activation="tanh", learning_rate_init=0.02, max_iter=500, random_state=0)
    >>> model.fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) > 0.99
    True

    """

    def partial_fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Train for one epoch on these examples, from where the last call stopped, with the same optimizer state.

        Args:
            X: inputs, shape (examples, features).
            y: targets, shape (examples,) or (examples, outputs).

        Raises:
            ValueError: a parameter or the data are not what they should be, or have another number of columns.

        """
        self._train(X, y, fresh=not hasattr(self, "model_"), incremental=True)
        return self

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The numbers for each example: shape (examples,), or (examples, outputs) if there are several."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self.n_outputs_ == 1 else outputs

    def _score(self) -> str:
        return "r2_score"

    def _targets(self, y: Array, fresh: bool, classes: Array | None) -> Array:  # noqa: ARG002 (the classifier's)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if fresh:
            self.n_outputs_, self.out_activation_ = outputs, "identity"
        elif outputs != self.n_outputs_:
            raise ValueError(f"y has {outputs} columns, and the network {self.n_outputs_} outputs: begin anew with fit")
        return y

    def _loss(self) -> Loss:
        return HalfSquaredError()
