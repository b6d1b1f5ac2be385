"""Captured plans of whole models: the losses and gradients of the eager step, from arrays made once."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

import backprop
from backprop import Tensor, nn
from backprop.training.eager import EagerStep
from backprop.training.flat import FlatParameters
from backprop.training.plan import PlannedStep
from backprop.training.plan.step import TRIES

RNG = np.random.default_rng(0)
CLASSES = nn.CrossEntropy()


class Residual(nn.Module):
    """Control flow over the structure, sharing of weights, and a parameter that is one number."""

    def __init__(self) -> None:
        self.layer = nn.Linear(6, 6, seed=0)
        self.scales = [Tensor(0.5), Tensor(np.full(6, 0.1))]
        self.unused = Tensor(np.ones(3))
        self.last = nn.Linear(6, 3, seed=1)

    def forward(self, x: Any) -> Any:
        for scale in self.scales:
            x = x + scale * self.layer(x).tanh()
        return self.last(x) * np.linspace(1.0, 2.0, 3)


class Attention(nn.Module):
    """Stacks of matrices, softmax, transposition, slices and joins."""

    def __init__(self) -> None:
        self.key, self.query = nn.Linear(4, 4, seed=0), nn.Linear(4, 4, seed=1)
        self.last = nn.Linear(8, 3, seed=2)

    def forward(self, x: Any) -> Any:
        scores = self.key(x) @ backprop.swapaxes(self.query(x), 1, 2) / 2.0
        mixed = backprop.softmax(scores) @ x
        joined = backprop.concatenate([mixed[:, 0], mixed[:, -1]], axis=1)
        return self.last(joined) - joined.max(axis=1, keepdims=True) + backprop.var(joined, axis=1, keepdims=True)


def rows(*shape: int) -> Any:
    return RNG.normal(size=shape)


ACTIVATIONS = ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus"]
MODELS: dict[str, tuple[Any, Any]] = {
    **{name: (lambda name=name: nn.MLP((5, 8, 8, 3), activation=name, seed=0), rows(16, 5)) for name in ACTIVATIONS},
    "dropout": (lambda: nn.MLP((5, 8, 8, 3), dropout=0.3, seed=0), rows(16, 5)),
    "float32": (lambda: nn.MLP((5, 8, 3), dropout=0.3, seed=0, dtype="float32"), rows(16, 5).astype("float32")),
    "normalised": (
        lambda: nn.Sequential(nn.Linear(5, 8, seed=0), nn.LayerNorm(8), nn.Linear(8, 3, seed=1)), rows(16, 5)
    ),
    "without bias": (lambda: nn.Sequential(nn.Linear(5, 3, bias=False, seed=0)), rows(16, 5)),
    "embedding": (
        lambda: nn.Sequential(nn.Embedding(7, 4, seed=0), nn.Flatten(), nn.Linear(8, 3, seed=1)),
        RNG.integers(0, 7, (16, 2)),
    ),
    "recurrent": (lambda: nn.Sequential(nn.Recurrent((4, 6), seed=0), nn.Linear(6, 3, seed=1)), rows(16, 5, 4)),
    "time axis": (
        lambda: nn.Sequential(
            nn.Linear(4, 6, seed=0), nn.Tanh(), nn.Linear(6, 2, seed=2), nn.Flatten(), nn.Linear(10, 3, seed=1)
        ), rows(16, 5, 4)
    ),
    "residual": (Residual, rows(16, 6)),
    "attention": (Attention, rows(16, 5, 4)),
}  # fmt: skip
LABELS = RNG.integers(0, 3, 16)
LOSSES: dict[str, tuple[Any, Any]] = {
    "labels": (nn.CrossEntropy(), LABELS),
    "smoothed": (nn.CrossEntropy(label_smoothing=0.1), LABELS),
    "weighted": (nn.CrossEntropy(class_weights=[1.0, 2.0, 0.5], label_smoothing=0.1), LABELS),
    "probabilities": (nn.CrossEntropy(), np.full((16, 3), 1 / 3)),
    "yes or no": (nn.BinaryCrossEntropy(), np.eye(3)[LABELS]),
    "weighted yes or no": (nn.BinaryCrossEntropy(class_weights=(1.0, 3.0), label_smoothing=0.1), np.eye(3)[LABELS]),
    "squares": (nn.MeanSquaredError(), rows(16, 3)),
    "huber": (nn.Huber(0.7), rows(16, 3)),
}


def steps(model: Any, loss: Any, targets: Any, x: Any) -> tuple[EagerStep, PlannedStep, FlatParameters, Any]:
    flat = FlatParameters(dict(model.named_parameters()))
    prepared = loss.prepare(targets, (len(x), 3), flat.dtype)
    return EagerStep(model, loss, flat), PlannedStep(model, loss, flat), flat, prepared


def compare(model: Any, loss: Any, targets: Any, x: Any) -> PlannedStep:
    """Both steps on a full and on a short batch, three times each, with weights that change in between."""
    eager, planned, flat, y = steps(model, loss, targets, x)
    generators = [generator.bit_generator for _, generator in model.named_generators()]
    tolerance = 1e-4 if flat.dtype == np.float32 else 1e-11
    for size in (16, 16, 5, 16, 5, 5):
        states = [generator.state for generator in generators]
        expected, gradients = eager.step(x[:size], y[:size]), flat.gradients.copy()
        after = [generator.state for generator in generators]
        for generator, state in zip(generators, states, strict=True):
            generator.state = state
        flat.gradients.fill(np.nan)
        assert planned.step(x[:size], y[:size]) == pytest.approx(expected, rel=tolerance)
        assert planned.reason is None
        np.testing.assert_allclose(flat.gradients, gradients, rtol=tolerance, atol=tolerance)
        assert [generator.state for generator in generators] == after
        flat.values -= 0.1 * gradients
        flat.changed()
    assert set(planned.sources) == {16, 5}
    return planned


@pytest.mark.parametrize("name", MODELS)
def test_every_layer(name: str):
    make, x = MODELS[name]
    compare(make().train(), CLASSES, LABELS, x)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name: str):
    compare(nn.MLP((5, 8, 3), activation="tanh", seed=0).train(), *LOSSES[name], rows(16, 5))


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_allocated(name: str):
    """What a step allocates does not grow with the batch: numbers, wrappers of views, and NumPy's own buffers.

    For broadcasting NumPy takes a buffer of at most 8192 numbers; both batches are above that.
    """
    make, x = MODELS[name]
    peaks = []
    for repeats in (512, 1024):
        wide = np.repeat(x, repeats, axis=0)
        _, planned, _, y = steps(make().train(), CLASSES, np.repeat(LABELS, repeats), wide)
        planned.step(wide, y)
        planned.step(wide, y)
        tracemalloc.start()
        planned.step(wide, y)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2000 < 200_000, peaks


def test_arrays_take_each_others_place():
    """A deep network needs the activations of every layer, but no second array for sums, masks and gradients."""
    x, y = rows(256, 32), np.eye(32)[RNG.integers(0, 32, 256)]
    model = nn.MLP((32,) * 9, activation="tanh", seed=0)
    flat = FlatParameters(dict(model.named_parameters()))
    tracemalloc.start()
    planned = PlannedStep(model, CLASSES, flat)
    planned._plans[256] = captured = planned_function(planned, x, y)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    captured(x, y)
    assert held < 14 * x.nbytes  # 8 layers, two gradients, and the source


def planned_function(planned: PlannedStep, x: Any, y: Any) -> Any:
    from backprop.training.plan.capture import capture

    return capture(planned._model, planned._loss, planned._flat, x, y).function()


class Stubborn(nn.Module):
    """A layer and something that a plan cannot hold."""

    def __init__(self, what: str) -> None:
        self.layer, self.what = nn.Linear(5, 3, seed=0), what
        self.generator = np.random.default_rng(0)
        self._rng, self._calls, self._outside = np.random.default_rng(0), 0, [Tensor(np.ones(3))]

    def forward(self, x: Any) -> Any:
        h = self.layer(x)
        if self.what == "if":
            return h if h.mean() > 0 else -h
        if self.what == "float":
            return h * float(h.max())
        if self.what == "random":
            return h * self._rng.random(h.shape)
        if self.what == "public random":
            return h * self.generator.random(h.shape)
        if self.what == "random of all":
            return h * np.random.random(h.shape)  # noqa: NPY002
        if self.what == "state":
            self._calls += 1
            return h * (1 + 1e-12 * self._calls)
        if self.what == "kept":
            self._kept = h
            return h * 2.0
        if self.what == "outside":
            return h * self._outside[0]
        if self.what == "value":
            return h * h.value.mean()
        return h.nothing_of_this_name()


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("if", "looks at the numbers themselves"),
        ("float", "looks at the numbers themselves"),
        ("value", "looks at the numbers themselves"),
        ("random", "random numbers of its own"),
        ("public random", "random numbers of its own"),
        ("random of all", "random numbers of its own"),
        ("state", "changes its attribute _calls while it computes"),
        ("kept", "changes its attribute _kept while it computes"),
        ("outside", "none of its parameters"),
    ],
)
def test_reason(what: str, reason: str):
    """The model trains eagerly, and the reason can be read."""
    x = rows(16, 5)
    model = Stubborn(what)
    _, planned, flat, y = steps(model, CLASSES, LABELS, x)
    for _ in range(TRIES):
        loss = planned.step(x, y)
    assert reason in planned.reason
    assert planned.sources == {}
    assert np.isfinite(loss)
    assert flat.gradients.any()
    planned.step(x, y)
    assert reason in planned.reason


def test_an_error_of_the_model_is_that_of_the_model():
    x = rows(16, 5)
    _, planned, _, y = steps(Stubborn("nonsense"), CLASSES, LABELS, x)
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        planned.step(x, y)


def test_not_a_number_is_looked_into():
    """0 · -∞ is 0 where a class is excluded: the operation knows, the plan asks it."""

    class Excluding(nn.Module):
        def __init__(self) -> None:
            self.layer = nn.Linear(5, 3, seed=0)

        def forward(self, x: Any) -> Any:
            return self.layer(x) + np.array([0.0, 0.0, -np.inf])

    x = rows(16, 5)
    eager, planned, _, y = steps(Excluding(), CLASSES, LABELS % 2, x)
    with np.errstate(invalid="ignore"):  # as in fit
        assert np.isfinite(eager.step(x, y))
        for _ in range(3):
            assert planned.step(x, y) == eager.step(x, y)


def test_source_is_straight_numpy():
    x = rows(16, 5)
    _, planned, _, y = steps(nn.MLP((5, 8, 3), seed=0), CLASSES, LABELS, x)
    planned.step(x, y)
    lines = planned.sources[16].splitlines()
    assert lines[0].startswith("def step(x, y, ")
    assert not any(word in planned.sources[16] for word in (" for ", " if ", "lambda"))
    assert len(lines) < 32
