"""This package as a peer of the side-by-side benchmarks.

The benchmark scripts call `scalar(case)` for scalar graphs and `mlp(spec, init, X, Y)` for training, and compare
what they return with hand-written NumPy, PyTorch, JAX and micrograd. They are not part of this repository: it is
they that import this file. `README.md` beside it tells how.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np

from backprop import Tensor, nn
from backprop.training import SGD, Adam, Callback, fit
from backprop.training.flat import FlatParameters
from backprop.training.loop import run_epoch

HIDDEN = (2, 16, 16, 1)
"""Layer sizes of micrograd's moons network."""
CHAINS = {"chain1e5": 50_000, "chain1e6": 500_000}


def scalar(case: str) -> Callable[[], dict[str, float]]:
    """A scalar work, ready to run: `expr`, `moons`, `chain1e5` or `chain1e6`.

    Returns:
        A function that does the work once and returns extra columns: "seconds" (for one evaluation, `expr`
        only) or "check" (the sum of the gradients).
    """
    if case == "expr":
        return _expression()
    return _moons() if case == "moons" else _chain(CHAINS[case])


def _expression(repetitions: int = 20_000) -> Callable[[], dict[str, float]]:
    x, y, z = Tensor(2.0), Tensor(-3.0), Tensor(4.0)

    def run() -> dict[str, float]:
        start = perf_counter()
        for _ in range(repetitions):
            ((x + y) * z).backward()
        return {"seconds": (perf_counter() - start) / repetitions}

    run()
    return run


def _moons() -> Callable[[], dict[str, float]]:
    from sklearn.datasets import make_moons  # the data set of the benchmark, to the bit

    points, labels = make_moons(100, noise=0.1, random_state=1337)
    rows, targets = points.tolist(), (labels * 2 - 1).tolist()
    rng = random.Random(1337)
    layers = [
        [([Tensor(rng.uniform(-1, 1)) for _ in range(m)], Tensor(0.0)) for _ in range(n)] for m, n in pairwise(HIDDEN)
    ]
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def run() -> dict[str, float]:
        losses = []
        for row, target in zip(rows, targets, strict=True):
            h: list[Any] = row
            for layer in layers:
                h = [sum((w * x for w, x in zip(weights, h, strict=True)), bias) for weights, bias in layer]
                if layer is not layers[-1]:
                    h = [v.relu() for v in h]
            losses.append((h[0] * -target + 1.0).relu())
        loss = sum(losses) * (1.0 / len(losses)) + sum(p * p for p in parameters) * 1e-4
        loss.backward()
        return {"check": sum(p.grad for p in parameters)}

    return run


def _chain(length: int) -> Callable[[], dict[str, float]]:
    def run() -> dict[str, float]:
        x = Tensor(1.0)
        y = x
        for _ in range(length):
            y = y * 1.0000001 + 1e-9
        y.backward()
        return {"check": x.grad}

    return run


@dataclass
class Trainer:
    """What the benchmark scripts drive: see `mlp.py` there."""

    reset: Callable[[], None]
    train: Callable[[int], None]
    params: Callable[[], list[np.ndarray]]
    forward: Callable[[], None]
    grad: Callable[[], None]


def mlp(spec: Any, init: list[np.ndarray], X: np.ndarray, Y: np.ndarray, plan: bool = True) -> Trainer:  # noqa: N803
    """A multilayer perceptron trained as `fit` trains it, with the mean softmax cross-entropy of each batch.

    As for the other peers, what is done once is not measured: checking the data, capturing the plans.

    Args:
        spec: `sizes`, `act` ("tanh" or "relu"), `batch`, `opt` ("sgd" or "adam"), `lr`, `dtype`.
        init: W1, b1, W2, b2, …, with W of shape (in, out).
        X: inputs, shape (examples, in).
        Y: labels, shape (examples,).
        plan: whether steps run as a captured plan, or eagerly.
    """
    model = nn.MLP(spec.sizes, activation=spec.act, dtype=spec.dtype)
    optimizer = {"sgd": SGD, "adam": Adam}[spec.opt](spec.lr)
    training = _prepared(model, (X, Y), batch_size=spec.batch, optimizer=optimizer, shuffle=False, plan=plan)
    flat = training.flat
    batches = list(training.batches)
    x, y = batches[0]

    def reset() -> None:
        for view, value in zip(flat.views(flat.values).values(), init, strict=True):
            view[...] = value
        flat.changed()
        training.optimizer.start(flat.values)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            run_epoch(training)

    reset()
    for batch in (batches[0], batches[-1]):
        training.step.step(*batch)  # captures the plan for its size
    return Trainer(
        reset=reset,
        train=train,
        params=lambda: [view.copy() for view in flat.views(flat.values).values()],
        forward=lambda: training.loss.compute(model(x), y),
        grad=lambda: training.step.step(x, y),
    )


def mlp_eager(spec: Any, init: list[np.ndarray], X: np.ndarray, Y: np.ndarray) -> Trainer:  # noqa: N803
    """The same by ordinary forward and backward passes."""
    return mlp(spec, init, X, Y, plan=False)


class _Ready(Exception):  # noqa: N818 (not an error)
    """Carries a training out of `fit` before its first epoch."""


class _Stop(Callback):
    def on_start(self, training: Any) -> None:
        raise _Ready(training)


def _prepared(model: nn.Module, data: Any, **options: Any) -> Any:
    """What `fit` makes of its arguments, before it trains."""
    try:
        fit(model, data, callbacks=[_Stop()], **options)
    except _Ready as ready:
        [training] = ready.args
    training.flat = FlatParameters(dict(model.named_parameters()))  # fit has given the tensors their own arrays back
    training.step = type(training.step)(model, training.loss, training.flat)
    model.train()
    return training
