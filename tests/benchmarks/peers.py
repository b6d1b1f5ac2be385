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

import backprop
from backprop import Tensor

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


def mlp(spec: Any, init: list[np.ndarray], X: np.ndarray, Y: np.ndarray) -> Trainer:  # noqa: N803
    """A multilayer perceptron trained eagerly, with the mean softmax cross-entropy of each batch.

    Args:
        spec: `sizes`, `act` ("tanh" or "relu"), `batch`, `opt` ("sgd" or "adam"), `lr`, `dtype`.
        init: W1, b1, W2, b2, …, with W of shape (in, out).
        X: inputs, shape (examples, in).
        Y: labels, shape (examples,).
    """
    activate = getattr(backprop, spec.act)
    batches = [(X[i : i + spec.batch], Y[i : i + spec.batch]) for i in range(0, len(X), spec.batch)]
    parameters = [Tensor(p) for p in init]
    update, forget = _optimizer(spec, parameters)

    def loss(x: np.ndarray, y: np.ndarray) -> Tensor:
        h: Any = x
        for i in range(0, len(parameters), 2):
            h = h @ parameters[i] + parameters[i + 1]
            if i < len(parameters) - 2:
                h = activate(h)
        return backprop.cross_entropy(h, y)

    def reset() -> None:
        for p, value in zip(parameters, init, strict=True):
            p.value = value
        forget()

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for x, y in batches:
                loss(x, y).backward()
                update()

    return Trainer(
        reset=reset,
        train=train,
        params=lambda: [p.value.copy() for p in parameters],
        forward=lambda: loss(*batches[0]),
        grad=lambda: loss(*batches[0]).backward(),
    )


def _optimizer(spec: Any, parameters: list[Tensor]) -> tuple[Callable[[], None], Callable[[], None]]:
    """A step of SGD or Adam (Kingma and Ba, 2015) on `.grad`, and what forgets its state."""
    rate = spec.lr
    if spec.opt == "sgd":

        def descend() -> None:
            for p in parameters:
                p.value = p.value - rate * p.grad

        return descend, lambda: None
    first = [np.zeros(p.shape, p.dtype) for p in parameters]
    second = [np.zeros(p.shape, p.dtype) for p in parameters]
    steps = 0

    def adapt() -> None:
        nonlocal steps
        steps += 1
        for p, m, v in zip(parameters, first, second, strict=True):
            m += 0.1 * (p.grad - m)
            v += 0.001 * (np.square(p.grad) - v)
            unbiased = np.sqrt(v / (1 - 0.999**steps)) + 1e-8
            p.value = p.value - (rate / (1 - 0.9**steps)) * m / unbiased

    def forget() -> None:
        nonlocal steps
        steps = 0
        for moment in (*first, *second):
            moment.fill(0)

    return adapt, forget
