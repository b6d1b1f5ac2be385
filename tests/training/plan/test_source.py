"""The source of a program: straight NumPy calls, which give what NumPy gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop import nn
from backprop.training import plan
from backprop.training.flat import FlatParameters
from backprop.training.plan import PlannedStep
from backprop.training.plan.program import Program, Value
from backprop.training.plan.source import Writer

X = np.arange(12.0).reshape(4, 3) / 7 - 0.5


def written(formula: Any, *constants: Any, zeros: Any = ()) -> tuple[Any, Writer]:
    """What the function for a formula returns the second time, and its writer."""
    program = Program()
    x = program.argument("x", X.shape, X.dtype)
    result = formula(x, *map(program.constant, constants))
    writer = Writer(program, (x,), result, {}, zeros)
    step = writer.function()
    step(X * 2)
    return step(X), writer


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: np.tanh(x) * x,
        lambda x: np.maximum(x, 0) - x / 3,
        lambda x: np.sum(np.exp(x), axis=0),
        lambda x: np.max(x, axis=1, keepdims=True) * x,
        lambda x: np.where(x > 0, x, -1.0),
        lambda x: np.where(np.sum(x) > 0, 1.0, np.sum(x)) * x,
        lambda x: np.reshape(np.where(np.sum(x) > 0, 0.5, np.sum(x)), (1, 1)) + x,
        lambda x: np.concatenate([x[1:], x[:1] * np.inf]),
        lambda x: np.stack([x, x * 2], axis=1),
        lambda x: np.dot(x.T, x) + 1,
        lambda x: np.clip(x, -0.1, None),
        lambda x: np.var(x, axis=0, ddof=1) + np.mean(x),
        lambda x: np.sum(x) * float("inf") - 1,
        lambda x: np.minimum(np.sum(x), -np.inf),
        lambda x: np.min(x) * np.prod(x, axis=(0, 1)),
        lambda x: x * np.array(0.5),
    ],
)
def test_numpy_gives_the_same(formula: Any):
    found, _ = written(formula)
    np.testing.assert_allclose(found, formula(X), rtol=1e-14)


def test_arrays_that_change_are_read_anew():
    weights = np.ones(3)
    program = Program()
    x = program.argument("x", X.shape, X.dtype)
    step = Writer(program, (x,), np.dot(x, program.constant(weights)), {}).function()
    np.testing.assert_allclose(step(X), X.sum(axis=1))
    weights *= 2
    np.testing.assert_allclose(step(X), 2 * X.sum(axis=1))


def test_places_and_zeros():
    program = Program()
    x = program.argument("x", X.shape, X.dtype)
    written_there, view_there, untouched = np.full((4, 3), np.nan), np.full((3, 4), np.nan), np.ones(2)
    doubled = x * 2
    step = Writer(program, (x,), np.sum(x), {doubled: written_there, x.T: view_there}, [untouched]).function()
    assert step(X) == pytest.approx(X.sum())
    np.testing.assert_array_equal(written_there, 2 * X)
    np.testing.assert_array_equal(view_there, X.T)
    assert not untouched.any()


def test_only_what_is_needed_is_written():
    def formula(x: Value) -> Value:
        np.sin(x)
        return np.cos(x)

    _, writer = written(formula)
    assert "sin" not in writer.source
    assert writer.source.count("\n") == 3


def test_numbers_take_the_precision_of_the_arrays():
    program = Program()
    x = program.argument("x", (3,), "float32")
    step = Writer(program, (x,), x * 0.1 + 1, {}).function()
    assert step(np.ones(3, "float32")).dtype == np.float32
    assert {
        c.dtype for name, c in zip(step.__code__.co_varnames[1:], step.__defaults__, strict=False) if name[0] == "c"
    } == {np.dtype("float32")}


def test_names_do_not_collide():
    constants = [np.full(3, float(i)) for i in range(12)]
    found, writer = written(lambda x, *cs: sum(cs, x), *constants)
    np.testing.assert_allclose(found, X + 66)
    assert writer.source.startswith("def step(x, p=p, ")


def test_the_plan_in_the_readme_is_the_plan():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1))
    step = PlannedStep(model, nn.MeanSquaredError(), FlatParameters(dict(model.named_parameters())))
    step.step(np.ones((32, 2)), np.zeros((32, 1)))
    readme = (Path(plan.__file__).parent / "README.md").read_text("utf-8")
    shown = readme.partition("`step.sources[32]`")[2].partition("```text\n")[2].partition("```")[0]
    lines = [line.partition("#")[0].strip() for line in shown.splitlines()]
    assert lines == [line.strip() for line in step.sources[32].splitlines()[1:]]
