"""The benchmark adapter computes what it should; how fast, the benchmark scripts tell."""

import random
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from loading import module_at

EXAMPLES = 100


@pytest.fixture(scope="module")
def peers():
    """Load the file as the benchmark scripts do: by its path."""
    return module_at(Path(__file__).with_name("peers.py"))


@pytest.fixture
def moons(monkeypatch):
    """Two half circles instead of those of scikit-learn, which the tests do not need."""
    angle = np.random.default_rng(0).uniform(0, np.pi, EXAMPLES)
    labels = np.arange(EXAMPLES) % 2
    points = np.stack([np.cos(angle) + labels, (1 - 2 * labels) * np.sin(angle)], axis=1)
    datasets = ModuleType("sklearn.datasets")
    datasets.make_moons = lambda *args, **kwargs: (points, labels)
    monkeypatch.setitem(sys.modules, "sklearn", ModuleType("sklearn"))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", datasets)
    return points, labels * 2.0 - 1


class TestScalar:
    def test_expression(self, peers):
        run = peers._expression(repetitions=3)
        assert run()["seconds"] > 0

    def test_moons(self, peers, moons):
        """The sum of the gradients against derivatives written by hand for the whole data set at once."""
        points, targets = moons
        rng = random.Random(1337)
        layers = [
            np.array([[rng.uniform(-1, 1) for _ in range(m)] for _ in range(n)]).T for m, n in pairwise(peers.HIDDEN)
        ]
        activations = [points]
        for i, w in enumerate(layers):
            z = activations[-1] @ w
            activations.append(np.maximum(z, 0) if i < 2 else z)
        delta = np.where(1 - targets * activations[-1][:, 0] > 0, -targets / EXAMPLES, 0.0)[:, None]
        total = 0.0
        for i in (2, 1, 0):
            total += (activations[i].T @ delta).sum() + delta.sum() + 2e-4 * layers[i].sum()
            delta = (delta @ layers[i].T) * (activations[i] > 0)
        run = peers.scalar("moons")
        assert run()["check"] == pytest.approx(total, rel=1e-10)
        assert run()["check"] == pytest.approx(total, rel=1e-10)  # gradients do not add up over runs

    def test_chain(self, peers):
        assert peers.scalar("chain1e5")()["check"] == pytest.approx(1.0000001**50_000, rel=1e-12)
        assert peers.CHAINS["chain1e6"] == 500_000

    def test_unknown_case(self, peers):
        with pytest.raises(KeyError):
            peers.scalar("chain1e7")


def initial(sizes, dtype):
    rng = np.random.default_rng(0)
    parameters = []
    for m, n in pairwise(sizes):
        parameters += [rng.uniform(-1, 1, (m, n)) * np.sqrt(6 / (m + n)), np.zeros(n)]
    return [p.astype(dtype) for p in parameters]


def by_hand(spec, init, x, labels, epochs):
    """The same training, with the derivatives written out."""
    parameters = [p.copy() for p in init]
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    steps = 0
    for _ in range(epochs):
        for start in range(0, len(x), spec.batch):
            gradients = gradients_by_hand(spec, parameters, x[start : start + spec.batch], labels[start:][: spec.batch])
            steps += 1
            for p, g, (m, v) in zip(parameters, gradients, moments, strict=True):
                if spec.opt == "sgd":
                    p -= spec.lr * g
                    continue
                m[...] = 0.9 * m + 0.1 * g
                v[...] = 0.999 * v + 0.001 * g**2
                p -= spec.lr * (m / (1 - 0.9**steps)) / (np.sqrt(v / (1 - 0.999**steps)) + 1e-8)
    return parameters


def gradients_by_hand(spec, parameters, x, labels):
    h = [x]
    for i in range(0, len(parameters), 2):
        z = h[-1] @ parameters[i] + parameters[i + 1]
        last = i == len(parameters) - 2
        h.append(z if last else np.tanh(z) if spec.act == "tanh" else np.maximum(z, 0))
    p = np.exp(h[-1] - h[-1].max(1, keepdims=True))
    delta = (p / p.sum(1, keepdims=True) - np.eye(p.shape[1])[labels]) / len(x)
    gradients = []
    for i in range(len(parameters) - 2, -1, -2):
        a = h[i // 2]
        gradients = [a.T @ delta, delta.sum(0), *gradients]
        if i:
            delta = (delta @ parameters[i].T) * (1 - a**2 if spec.act == "tanh" else a > 0)
    return gradients


def mean_loss(spec, parameters, x, labels):
    h = x
    for i in range(0, len(parameters), 2):
        h = h @ parameters[i] + parameters[i + 1]
        if i < len(parameters) - 2:
            h = np.tanh(h) if spec.act == "tanh" else np.maximum(h, 0)
    return np.mean(np.log(np.exp(h).sum(1)) - h[np.arange(len(labels)), labels])


@pytest.mark.parametrize("act", ["tanh", "relu"])
@pytest.mark.parametrize(("opt", "lr"), [("sgd", 0.1), ("adam", 1e-2)])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)])
class TestMlp:
    def make(self, peers, act, opt, lr, dtype):
        spec = SimpleNamespace(sizes=(6, 8, 5, 3), act=act, batch=16, opt=opt, lr=lr, dtype=dtype)
        rng = np.random.default_rng(1)
        x = rng.normal(size=(70, 6)).astype(dtype)  # the last batch is short
        labels = (x @ rng.normal(size=(6, 3))).argmax(1)
        init = initial(spec.sizes, dtype)
        return spec, init, x, labels, peers.mlp(spec, init, x, labels)

    def test_training_agrees_with_derivatives_by_hand(self, peers, act, opt, lr, dtype, tolerance):
        spec, init, x, labels, trainer = self.make(peers, act, opt, lr, dtype)
        expected = by_hand(spec, init, x, labels, epochs=5)
        trainer.train(5)
        found = trainer.params()
        loss = mean_loss(spec, found, x, labels)
        assert loss == pytest.approx(mean_loss(spec, expected, x, labels), rel=tolerance)
        assert loss < mean_loss(spec, init, x, labels)
        for p, q in zip(found, expected, strict=True):
            assert p.dtype == dtype
            np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance)

    def test_reset_starts_again(self, peers, act, opt, lr, dtype, tolerance):
        _, init, _, _, trainer = self.make(peers, act, opt, lr, dtype)
        trainer.train(2)
        first = trainer.params()
        trainer.reset()
        for p, q in zip(trainer.params(), init, strict=True):
            np.testing.assert_array_equal(p, q)
        trainer.train(1)
        trainer.train(1)
        for p, q in zip(trainer.params(), first, strict=True):
            np.testing.assert_array_equal(p, q)

    def test_forward_and_gradient_change_nothing(self, peers, act, opt, lr, dtype, tolerance):
        _, init, _, _, trainer = self.make(peers, act, opt, lr, dtype)
        trainer.forward()
        trainer.grad()
        for p, q in zip(trainer.params(), init, strict=True):
            np.testing.assert_array_equal(p, q)
            p[...] = 0  # a copy
        assert trainer.params()[0].any()
