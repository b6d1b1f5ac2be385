"""Peculiar models: constants, masks, shapes and gradients of every kind are captured, and followed when they change."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop
from backprop import Tensor, datasets, nn
from backprop.training import Callback, fit
from backprop.training.eager import EagerStep
from backprop.training.flat import FlatParameters
from backprop.training.plan import PlannedStep

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 4))


class Formula(nn.Module):
    """A formula of the inputs, two weights of 4, two numbers, and other attributes."""

    def __init__(self, formula: Callable[..., Any], **attributes: Any) -> None:
        self.v, self.w = Tensor(np.linspace(0.5, 1.5, 4)), Tensor(np.linspace(1.0, -1.0, 4))
        self.a, self.b = Tensor(0.5), Tensor(0.5)
        self._formula = formula
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x: Any) -> Any:
        return self._formula(self, x)


class Squares:
    factor = 1.0

    def compute(self, outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean() * self.factor


class Total(Squares):
    def compute(self, outputs: Any, targets: Any) -> Any:
        return outputs.sum()


def compare(
    model: nn.Module, x: Any = X, y: Any = Y, loss: Any = None, change: Callable[[int], Any] = lambda _: None
) -> PlannedStep:
    """Three rounds of a full and a short batch, with another model, weights and all, in each."""
    flat = FlatParameters(dict(model.named_parameters()))
    loss = Squares() if loss is None else loss
    eager, planned = EagerStep(model, loss, flat), PlannedStep(model, loss, flat)
    for i in range(3):
        change(i)
        flat.values += 0.1 * np.sin(np.arange(flat.values.size) + i)
        flat.changed()
        for size in (len(x), 2):
            expected, gradients = eager.step(x[:size], y[:size]), flat.gradients.copy()
            flat.gradients.fill(np.nan)
            assert planned.step(x[:size], y[:size]) == pytest.approx(expected, rel=1e-10)
            assert planned.reason is None
            np.testing.assert_allclose(flat.gradients, gradients, rtol=1e-9, atol=1e-10)
    return planned


FORMULAS: dict[str, Callable[..., Any]] = {
    "numbers that are equal at first": lambda m, x: x * m.a + m.b * m.b,
    "list": lambda m, x: m.w * x + [1, 2, 3, 4],
    "array of one number": lambda m, x: m.w * np.array(0.123456789012) * x + np.array(0.123456789013),
    "power of an array": lambda m, x: (m.w * x) ** np.array(2),
    "infinity": lambda m, x: backprop.minimum(m.w.sum(), np.inf) * x,
    "padding with -infinity": lambda m, x: backprop.pad(m.w * x, ((0, 0), (1, 0)), -np.inf).max(1, keepdims=True) * m.w,
    "condition of whole numbers": lambda m, x: backprop.where(np.array([1, 0, 2, 0]), m.w * x, 0.0),
    "condition that is a number": lambda m, x: backprop.where(1.0, m.w * x, 0.0),
    "number of either": lambda m, x: backprop.where(m.a > 0, 0.5, m.a).reshape(1, 1) * x + m.w,
    "sum of masks": lambda m, x: m.w * x * ((x > -1) + (m.w * x > -1)),
    "logic of masks": lambda m, x: m.w * x * (((x > 0) & (x < 1)) | ~(m.w > 0)),
    "converted mask": lambda m, x: m.w * x * (x > 0).astype(float),
    "counted mask": lambda m, x: m.w * x / (1 + (x > 0).sum(axis=1, keepdims=True)),
    "running sum of a mask": lambda m, x: m.w * x * np.cumsum(x > 0, axis=1),
    "padded mask": lambda m, x: m.w * x * np.pad(x > 0, 1)[1:-1, 2:],
    "chosen from a mask": lambda m, x: m.w * x * (x > 0)[:, [1, 0, 2, 3]],
    "ties": lambda m, x: backprop.maximum(m.v, m.v * 1.0) * backprop.stack([m.w, m.w]).max(axis=0) * x,
    "no columns": lambda m, x: m.w * x + (m.w * x)[:, :0].sum(axis=1, keepdims=True),
    "one gradient for both": lambda m, x: (m.v + m.w) * x,
    "opposite gradients": lambda m, x: m.v - m.w + x,
    "constant gradient": lambda m, x: m.w + 0 * x,
    "shape of the batch": lambda m, x: (m.w if len(x) > 2 else m.v) * x / x.shape[0],
    "equal entries": lambda m, x: backprop.std(m.w * x * 0 + 1, axis=1, keepdims=True) + m.w,
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("loss", [Squares(), Total()], ids=["squares", "total"])
def test_formulas(name: str, loss: Any):
    compare(Formula(FORMULAS[name]), loss=loss)


def test_a_gradient_that_is_another_in_another_shape():
    """The gradient of `row` is that of the intermediate sum: what comes after must not overwrite it."""
    model = Formula(lambda m, x: backprop.relu(m.w * 2.0 - 0.5) + m.row + x, row=Tensor(np.ones((1, 4))))
    compare(model)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_inputs_that_are_no_floating_point_numbers(dtype: str):
    x = RNG.integers(0, 2 if dtype == "bool" else 9, (6, 4)).astype(dtype)
    compare(Formula(lambda m, x: m.w * x + x * x / 3 + x.mean()), x)


@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 2, 3), (6, 2, 0)])
def test_inputs_of_any_rank(shape: tuple[int, ...]):
    x = RNG.normal(size=shape)
    model = Formula(lambda m, x: x * m.a + m.v.sum() + backprop.tanh(x * m.b))
    compare(model, x, np.ones(shape), loss=Total())


def test_parameters_in_lists_and_dicts():
    model = Formula(
        lambda m, x: m.more["k"] * x * m.nest[0][0][1], more={"k": Tensor(np.ones(4))}, nest=[([0, Tensor(2.0)],)]
    )
    assert compare(model).sources.keys() == {6, 2}


def test_deep():
    compare(nn.MLP((4,) * 200, activation="relu", seed=0))


def test_indices_are_checked():
    """As eagerly: a plan for the rows of one batch must not read others for those of the next."""
    model = Formula(lambda m, x: backprop.lookup(m.table, x - 1) * m.w, table=Tensor(np.ones((3, 4))))
    x = np.array([1, 2, 3, 3])
    flat = FlatParameters(dict(model.named_parameters()))
    planned = PlannedStep(model, Squares(), flat)
    planned.step(x, Y[:4])
    assert planned.reason is None
    for wrong in (0, 4):
        with pytest.raises(IndexError, match=f"index {wrong - 1} is no row of a table of 3 rows"):
            planned.step(np.array([1, 2, 3, wrong]), Y[:4])


CHANGES: dict[str, Callable[[Any, int], Any]] = {
    "array in place": lambda m, i: m.mask.fill(i),
    "another array": lambda m, i: setattr(m, "mask", np.full(4, i + 0.5)),
    "number": lambda m, i: setattr(m, "slope", 0.1 * i),
    "item of a list": lambda m, i: m.items.__setitem__(1, i),
    "mode": lambda m, i: m.train() if i % 2 else m.eval(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_attributes_are_followed(name: str):
    def formula(m: Any, x: Any) -> Any:
        return m.w * x * m.mask + m.slope * m.v + m.items[1] * x * m.a * (2 if m.training else 1)

    model = Formula(formula, mask=np.ones(4), slope=0.1, items=[1.0, 2.0])
    compare(model, change=lambda i: CHANGES[name](model, i))


def test_changes_of_the_loss_are_followed():
    loss = Squares()
    compare(Formula(lambda m, x: m.w * x), loss=loss, change=lambda i: setattr(loss, "factor", i + 1.0))


class Annealing(Callback):
    def on_epoch_end(self, state: Any) -> None:
        state.model.slope *= 0.5
        state.model.mask[0] += 1


def test_callbacks_may_change_the_model():
    x, labels = datasets.moons(40, seed=0)
    losses = []
    for plan in (True, False):
        model = Formula(lambda m, x: m.layer(x) * m.mask + m.slope * m.a, mask=np.ones(2), slope=1.0)
        model.layer = nn.Linear(2, 2, seed=0)
        history = fit(model, (x, labels), epochs=4, batch_size=16, optimizer="sgd", callbacks=[Annealing()], plan=plan)
        assert (history.plan == "captured plan") == plan
        losses.append(history.loss)
    np.testing.assert_allclose(*losses, rtol=1e-9)


def test_a_cache_that_the_model_fills_is_no_obstacle():
    def formula(m: Any, x: Any) -> Any:
        if m._mask is None:
            m._mask = np.array([1.0, 0.0, 1.0, 1.0])
        return m.w * x * m._mask

    flat = FlatParameters(dict((model := Formula(formula, _mask=None)).named_parameters()))
    planned = PlannedStep(model, Squares(), flat)
    for _ in range(2):
        planned.step(X, Y)
    assert planned.reason is None
    assert planned.sources.keys() == {6}


def test_a_model_that_falls_back_is_run_once_for_each_batch():
    """Random numbers, counters and running means are those of a training without plans."""

    def formula(m: Any, x: Any) -> Any:
        m.count[0] += 1
        m.mean = 0.9 * m.mean + 0.1 * x.mean()
        return m.w * x * m.generator.random(4)

    found = []
    for kind in (PlannedStep, EagerStep):
        model = Formula(formula, count=np.zeros(1), mean=0.0, generator=np.random.default_rng(0))
        step = kind(model, Squares(), FlatParameters(dict(model.named_parameters())))
        losses = [step.step(X, Y) for _ in range(5)]
        found.append((losses, model.count[0], model.mean))
    assert found[0] == found[1]
