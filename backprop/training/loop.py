"""One epoch: the inner loop over the batches, and what stands guard over it.

A step of a small network takes 25 µs, so the loop looks up nothing twice and allocates nothing. It has one cheap test
for a step gone wrong, the square of the gradient's norm; all that is exact and slow comes after that test has failed.
"""

from math import inf, sqrt
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from .divergence import DivergenceError, offending_operation

if TYPE_CHECKING:
    from .state import Training

Vector = np.ndarray[Any, np.dtype[Any]]


def run_epoch(training: "Training") -> tuple[float, float]:
    """Train on every batch once.

    Returns:
        The mean loss of the examples, each as it was when its batch was trained on; and the mean over the batches of
        the norm of the gradient, before any clipping.

    Raises:
        DivergenceError: the loss, the gradient or the weights are not finite. The update that would have made the
            weights so is not applied.

    """
    flat, optimizer, clip = training.flat, training.optimizer, training.clip
    values, gradients = flat.values, flat.gradients
    step, update, weigh = training.step.step, optimizer.update, training.weigh
    product, square_of_norm = gradients.dot, np.empty((), gradients.dtype)  # a third faster than np.dot(g, g)
    rates = training.learning_rates()
    watchers = training.watchers_of_batches
    # Tensors that hold a Python float have to be told their new value; old graphs, that they are old.
    changed = flat.changed if watchers or any(not tensor.shape for tensor in flat.tensors) else None
    safe = _safe_square(gradients, max(rates or [optimizer.learning_rate]))
    before: Vector | None = None
    total = weights = norms = 0.0
    batch = 0
    for x, y in training.batches:
        loss = step(x, y)
        product(gradients, square_of_norm)
        square = float(square_of_norm)
        if not (square < safe and -inf < loss < inf):
            _refuse_nonfinite(training, x, y, loss, batch + 1)
            wide = gradients.astype(float)
            square = float(wide.dot(wide))
            before = values.copy()
        if rates is not None:
            optimizer.learning_rate = rates[batch]
        if clip is not None:
            clip(gradients)
        update(values, gradients)
        if before is not None:
            _undo_overflow(training, before, batch + 1)
            before = None
        weight = weigh(y)
        total += loss * weight
        weights += weight
        norms += sqrt(square)
        batch += 1
        if changed is not None:
            changed()
            if watchers:
                training.batch, training.batch_loss = batch, loss
                for on_batch_end in watchers:
                    on_batch_end(training)
    if not np.isfinite(values).all():
        _weights_lost(training, batch)
    return total / weights, norms / batch


def _safe_square(gradients: Vector, learning_rate: float) -> float:
    """Below this square of the norm, one update cannot take finite weights out of the finite numbers.

    Both the gradient and the learning rate are then at most the fourth root of the largest number, so that their
    product is far below it; if the learning rate is larger, no square is safe, and every update is checked.
    """
    root = float(np.finfo(gradients.dtype).max) ** 0.25
    return root * root if learning_rate <= root else -1.0


def _refuse_nonfinite(training: "Training", x: Any, y: Any, loss: float, batch: int) -> None:
    """Raise if the loss, the gradient or the weights are not finite: exact, and only called when it is likely."""
    if not np.isfinite(training.flat.values).all():
        _weights_lost(training, batch)
    wrong = first_nonfinite_name(training.flat.views(training.flat.gradients))
    if -inf < loss < inf and wrong is None:
        return
    what = f"the gradient of {wrong} is not finite" if -inf < loss < inf else f"the loss is {loss}"
    model, compute = training.model, training.loss.compute
    operation = offending_operation(model, lambda: compute(model(x), y))
    raise DivergenceError(training.epoch + 1, batch, what, operation, training.history)


def _undo_overflow(training: "Training", before: Vector, batch: int) -> None:
    """Take back an update that made finite weights infinite, and say so."""
    values = training.flat.values
    name = first_nonfinite_name(training.flat.views(values))
    if name is None:
        return
    operation = _update(training, name)
    np.copyto(values, before)
    raise DivergenceError(training.epoch + 1, batch, f"{name} would not be finite", operation, training.history)


def _weights_lost(training: "Training", batch: int) -> NoReturn:
    """Go back to the weights of the start of the epoch: an update overflowed although its gradient was small."""
    name = first_nonfinite_name(training.flat.views(training.flat.values)) or "a weight"
    operation = _update(training, name)
    training.go_back()
    what = f"{name} is no longer finite, after an earlier update"
    raise DivergenceError(training.epoch + 1, batch, what, operation, training.history)


def _update(training: "Training", name: str) -> str:
    optimizer = training.optimizer
    return f"the update of {name} by {type(optimizer).__name__} with learning rate {optimizer.learning_rate:g}"


def first_nonfinite_name(views: "dict[str, Vector]") -> str | None:
    """Name of the first array that holds NaN or an infinity."""
    return next((name for name, view in views.items() if not np.isfinite(view).all()), None)
