"""A small training on any executor, and the comparison of two of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop import nn
from backprop.training import Callback, Training, fit

EPOCHS, ROWS, BATCH = 3, 50, 16
STEPS = EPOCHS * 4  # the last batch of an epoch is short

RANDOM = np.random.default_rng(0)
X, LABELS = RANDOM.normal(size=(ROWS, 4)), RANDOM.integers(0, 3, ROWS)

Outcome = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


class Steps(Callback):
    """The loss of every step; calls a function after the sixth, in the middle of the second epoch."""

    def __init__(self, sixth: Callable[[], Any]) -> None:
        self.losses: list[float] = []
        self.sixth = sixth

    def on_batch_end(self, training: Training) -> None:
        self.losses.append(training.batch_loss)
        if len(self.losses) == 6:
            self.sixth()


def train(model: nn.Module, executor: Any = None, sixth: Callable[[], Any] = lambda: None, **options: Any) -> Outcome:
    """The loss of each step and the final weights."""
    steps = Steps(sixth)
    options = {"epochs": EPOCHS, "batch_size": BATCH, "callbacks": [steps], "learning_rate": 0.01, **options}
    fit(model, (X, LABELS), executor=executor, **options)
    return np.array(steps.losses), np.concatenate([np.ravel(p.value) for p in model.parameters()])


def assert_same(got: Outcome, expected: Outcome, tolerance: float = 1e-10) -> None:
    """Check that no step is missing, and that losses and weights are those expected."""
    losses, weights = got
    assert len(losses) == len(expected[0]) == STEPS
    np.testing.assert_allclose(losses, expected[0], rtol=0, atol=tolerance)
    np.testing.assert_allclose(weights, expected[1], rtol=0, atol=tolerance)
