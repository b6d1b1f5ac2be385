"""What the classifier and the regressor share: parameters, training by `backprop.training.fit`, fitted attributes."""

import warnings
from dataclasses import KW_ONLY, dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, is_classifier, is_regressor  # type: ignore[import-untyped]
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.utils import check_random_state  # type: ignore[import-untyped]
from sklearn.utils.validation import check_is_fitted, validate_data  # type: ignore[import-untyped]

from ..nn import MLP, Loss
from ..training import SGD, Adam, EarlyStopping, Optimizer, fit, split
from .parameters import ACTIVATIONS, RULES, check_parameters, hidden_sizes
from .watching import KeepOptimizer, PrintEpochs

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(eq=False, repr=False)
class MultilayerPerceptron(BaseEstimator):  # type: ignore[misc]
    """A `backprop.nn.MLP` as an estimator. Parameters have the names and the defaults that they have in scikit-learn.

    float32 inputs give a float32 network; any others a float64 one. Parameters are checked by `fit`.

    Args:
        hidden_layer_sizes: widths of the hidden layers; () for none.
        activation: of the hidden layers: "identity", "logistic", "tanh", "relu", or another name that `MLP` knows.
        solver: "adam", "sgd", or an optimizer of `backprop.training`, whose own settings then replace `alpha`,
            `learning_rate_init`, `momentum`, `nesterovs_momentum`, `beta_1`, `beta_2` and `epsilon`.
        alpha: strength of the L2 penalty, alpha / (2 batch_size) times the sum of the squares of all parameters
            (in scikit-learn: of the weights, without the biases).
        batch_size: examples in a batch, never more than there are; "auto" is 200.
        learning_rate_init: the learning rate, which stays as it is.
        max_iter: largest number of epochs.
        shuffle: whether each epoch has an order of its own.
        random_state: seed or `RandomState` of the initial weights, the order of the examples, and those held out.
        tol: an epoch that improves the training loss (with early stopping: the score) by less is no improvement.
        verbose: whether to print a line for each epoch.
        warm_start: whether `fit` goes on from the weights that an earlier call left.
        momentum: of "sgd"; 0 for none.
        nesterovs_momentum: whether it is Nesterov's.
        early_stopping: whether to hold examples out, stop when their score (accuracy or R²) no longer improves, and
            keep the weights that had the best one.
        validation_fraction: share of the examples held out; a classifier takes it from each class alike.
        beta_1: of "adam": decay of the mean of the gradients.
        beta_2: of "adam": decay of the mean of their squares.
        epsilon: of "adam": keeps it from dividing by 0.
        n_iter_no_change: stop after so many epochs without improvement; `numpy.inf` for never.

    Attributes:
        model_: the `backprop.nn.MLP`: to export, to save, to look at (`model_.summary()`).
        history_: the `History` of the last call; it plots itself.
        loss_curve_: mean training loss of each epoch, without the penalty. With warm starts and `partial_fit`, of
            all calls; likewise the two curves of the validation.
        loss_: the last of them.
        best_loss_: the lowest of them.
        validation_loss_curve_: mean loss of the examples held out, after each epoch; None without early stopping.
        validation_scores_: their accuracy or R², after each epoch; None without early stopping.
        best_validation_score_: the highest of these, or None.
        n_iter_: number of epochs of the last call.
        t_: number of examples that were trained on, repetitions included.
        n_layers_: number of layers, that of the inputs included.
        n_outputs_: number of outputs.
        out_activation_: what is applied to them: "identity", "logistic" or "softmax".
        n_features_in_: number of features.
        feature_names_in_: their names, if `X` was a data frame.

    """

    hidden_layer_sizes: Any = (100,)
    activation: str = "relu"
    _: KW_ONLY
    solver: Any = "adam"
    alpha: float = 0.0001
    batch_size: Any = "auto"
    learning_rate_init: float = 0.001
    max_iter: int = 200
    shuffle: bool = True
    random_state: Any = None
    tol: float = 1e-4
    verbose: Any = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10

    # What a subclass gives.

    def _score(self) -> Any:
        """The metric that early stopping watches: its name, or a function."""
        raise NotImplementedError

    def _targets(self, y: Array, fresh: bool, classes: Array | None) -> Array:
        """Check and convert the targets; if the network is to be made of them, set `n_outputs_` first."""
        raise NotImplementedError

    def _loss(self) -> Loss:
        raise NotImplementedError

    # What it does.

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803 (scikit-learn's name)
        """Train on all the examples, for at most `max_iter` epochs.

        Args:
            X: inputs, shape (examples, features).
            y: targets, shape (examples,) or (examples, outputs).

        Raises:
            ValueError: a parameter or the data are not what they should be.
            DivergenceError: the loss became infinite or NaN; see `backprop.training`.

        Warns:
            ConvergenceWarning: the last epochs still improved the loss (or the score).

        """
        self._train(X, y, fresh=not (self.warm_start and hasattr(self, "model_")))
        if self.history_.stopped_by == "epochs":
            warnings.warn(
                f"{type(self).__name__} was still improving after max_iter={self.max_iter} epochs: "
                "raise max_iter or learning_rate_init, or scale the inputs",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _train(
        self,
        X: Any,  # noqa: N803
        y: Any,
        fresh: bool,
        classes: Any = None,
        incremental: bool = False,
    ) -> None:
        """Check everything, make the network if it is not there yet, and train it: for one epoch if incremental."""
        check_parameters(type(self).__name__, self.get_params(deep=False), RULES)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit holds no examples out: use fit, or set early_stopping=False")
        inputs, y = validate_data(
            self, X, y, dtype=(np.float64, np.float32), multi_output=True, y_numeric=is_regressor(self), reset=fresh
        )
        targets = self._targets(y, fresh, classes)
        random = check_random_state(self.random_state)
        if fresh:
            self._start(inputs, _seed(random))
        elif self._asked() != self._made:
            raise ValueError(
                f"the network to go on with has the layers and the activation {self._made}, and {self._asked()} are "
                "asked for: to begin anew, use fit with warm_start=False"
            )
        validation = None
        if self.early_stopping:
            (inputs, targets), validation = self._hold_out(inputs, targets, _seed(random))
        batch_size = min(200 if self.batch_size == "auto" else self.batch_size, len(inputs))
        keeper = KeepOptimizer(self._optimizer_state) if incremental else None
        self.history_ = fit(
            self.model_,
            (inputs, targets),
            loss=self._loss(),
            validation=validation,
            epochs=1 if incremental else self.max_iter,
            batch_size=batch_size,
            optimizer=self._optimizer(batch_size),
            shuffle=self.shuffle,
            seed=_seed(random),
            metrics=(self._score(),) if self.early_stopping else (),
            early_stopping=None if incremental else self._stopping(),
            callbacks=[callback for callback in (keeper, PrintEpochs() if self.verbose else None) if callback],
        )
        self._optimizer_state: dict[str, Any] | None = keeper.state if keeper else None
        self._record(len(inputs))

    def _start(self, inputs: Array, seed: int) -> None:
        """Make the network, and forget an earlier one."""
        self._made = sizes, activation = self._asked()
        self.model_ = MLP(sizes, ACTIVATIONS[activation], dtype=inputs.dtype, seed=seed)
        self.n_layers_ = len(sizes)
        self.t_ = 0
        self.loss_curve_: list[float] = []
        self.validation_loss_curve_: list[float] | None = [] if self.early_stopping else None
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self._optimizer_state = None

    def _asked(self) -> tuple[tuple[int, ...], str]:
        """Sizes and activation of the network that the parameters ask for."""
        return (self.n_features_in_, *hidden_sizes(self.hidden_layer_sizes), self.n_outputs_), self.activation

    def _hold_out(self, inputs: Array, targets: Array, seed: int) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Training and validation examples."""
        parts = split(
            inputs, targets, self.validation_fraction, seed, stratify=is_classifier(self) and targets.ndim == 1
        )
        held_out = len(parts[1][0])
        if held_out < 2:
            raise ValueError(
                f"early stopping would judge by {held_out} example, validation_fraction={self.validation_fraction} of "
                f"{len(inputs)}: give a larger fraction or more examples, or set early_stopping=False"
            )
        return parts

    def _optimizer(self, batch_size: int) -> Optimizer:
        decay = self.alpha / batch_size  # the gradient of the penalty, divided by the parameter
        rate = self.learning_rate_init
        if self.solver == "adam":
            return Adam(rate, betas=(self.beta_1, self.beta_2), epsilon=self.epsilon, weight_decay=decay)
        if self.solver == "sgd":
            nesterov = bool(self.nesterovs_momentum and self.momentum)
            return SGD(rate, momentum=self.momentum, nesterov=nesterov, weight_decay=decay)
        optimizer: Optimizer = self.solver
        return optimizer

    def _stopping(self) -> EarlyStopping:
        return EarlyStopping(
            patience=int(min(self.n_iter_no_change, self.max_iter)),  # the first epoch is always an improvement
            minimum_improvement=self.tol,
            monitor=f"validation_{self._score_name}" if self.early_stopping else "loss",
            restore_best=bool(self.early_stopping),
        )

    @property
    def _score_name(self) -> str:
        score = self._score()
        return str(getattr(score, "__name__", score))

    def _record(self, examples: int) -> None:
        """Set the attributes that tell about the training."""
        history = self.history_
        self.n_iter_ = history.epochs
        self.t_ += history.epochs * examples
        self.loss_curve_ += history.loss
        self.loss_, self.best_loss_ = self.loss_curve_[-1], min(self.loss_curve_)
        if history.validation_loss:
            self.validation_loss_curve_ = [*(self.validation_loss_curve_ or ()), *history.validation_loss]
            scores = history.validation_metrics[self._score_name]
            self.validation_scores_ = [*(self.validation_scores_ or ()), *scores]
        self.best_validation_score_ = max(self.validation_scores_) if self.validation_scores_ else None

    def _outputs(self, X: Any) -> Array:  # noqa: N803
        """What the network gives, shape (examples, outputs)."""
        check_is_fitted(self, "model_")
        inputs = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return self.model_.predict(inputs)

    @property
    def coefs_(self) -> list[Array]:
        """Weights of the layers, each of shape (inputs, outputs); read-only."""
        return [tensor.value for name, tensor in self.model_.named_parameters() if name.endswith("weight")]

    @property
    def intercepts_(self) -> list[Array]:
        """Biases of the layers, each of shape (outputs,); read-only."""
        return [tensor.value for name, tensor in self.model_.named_parameters() if name.endswith("bias")]


def _seed(random: np.random.RandomState) -> int:
    return int(random.randint(2**31 - 1))
