"""Random models: random graphs over batches, parameters, numbers and buffers; the plan gives what the eager step gives.

Masks and ties are drawn as well. A graph is not used where rounding could decide a comparison: there, the two steps
may rightly differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop import Tensor
from backprop import operations as ops
from backprop.nn import Module
from backprop.nn.dropout import KeepMask
from backprop.training.eager import EagerStep
from backprop.training.flat import FlatParameters
from backprop.training.plan import PlannedStep

WIDTH, FULL, SHORT = 3, 5, 2
LARGEST, NEAREST_KINK = 50.0, 1e-3

Step = tuple[str, tuple[int, ...], Any]
"""A row of `OPERATIONS`, the positions of its operands among all values, and a number that it is free to use."""

SMOOTH: dict[str, Callable[..., Any]] = {
    "tanh": lambda a: ops.tanh(a),
    "exp": lambda a: ops.exp(-a * a),
    "sigmoid": lambda a: ops.sigmoid(a),
    "softplus": ops.softplus,
    "gelu": ops.gelu,
    "sqrt": lambda a: ops.sqrt(a * a + 1.0),
    "log": lambda a: ops.log(a * a + 1),
    "negative": lambda a: -a,
    "square": lambda a: a**2,
    "scaled": lambda a: 2 * a - 0.5,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1.0),
    "power": lambda a, b: (a * a + 0.5) ** ops.tanh(b),
}
KINKS: dict[str, Callable[..., Any]] = {
    "relu": ops.relu,
    "leaky_relu": lambda a: ops.leaky_relu(a, 0.1),
    "elu": ops.elu,
    "abs": ops.absolute,
    "clip": lambda a: ops.clip(a, -1.0, 1.0),
    "maximum": ops.maximum,
    "minimum": ops.minimum,
    "positive": lambda a: a * (a > 0),
    "greater": lambda a, b: 0.25 * (a > b),
    "either": lambda a, b: a * ((a > b) | (b > 0)) - b * np.logical_not(a <= b),
    "counted": lambda a, b: a * (1 * (a > 0) + (b > 0)),
    "where": lambda a, b: ops.where(a > b, a * b, b),
    "where zero": lambda a, b: ops.where(a > b, 0.0, b),
}
OF_BATCHES: dict[str, Callable[..., Any]] = {
    "sum": lambda a, n: ops.sum_(a, [0, 1, None, (0, 1)][n % 4], keepdims=True),
    "mean": lambda a, n: ops.mean(a, [0, 1, None, (0, -1)][n % 4], keepdims=n % 3 == 0 or n % 4 == 1),
    "var": lambda a, n: ops.var(a, [1, None][n % 2], keepdims=True),
    "logsumexp": lambda a, n: ops.logsumexp(a, [0, 1, None][n % 3], keepdims=True),
    "softmax": lambda a, n: ops.softmax(a, -1 if n % 2 else 0),
    "log_softmax": lambda a, n: ops.log_softmax(a),
    "cumsum": lambda a, n: ops.cumsum(a, n % 2),
    "columns": lambda a, n: a[:, :1] * a[:, n % WIDTH :].sum(axis=1, keepdims=True),
    "one row": lambda a, n: a[0],
    "reversed": lambda a, n: a[::-1, ::-1],
    "gaps": lambda a, n: ops.pad(a[:, ::2], ((0, 0), (0, 1)), 0.5),
    "chosen": lambda a, n: a[:, [n % WIDTH, 0, 0]],
    "gram": lambda a, n: a @ (a.T @ a) / 10,
    "stacked": lambda a, n: (ops.stack([a, -a, 2 * a], axis=n % 3)).sum(axis=n % 3),
    "joined": lambda a, n: ops.concatenate([a, a * a], axis=1)[:, n % WIDTH : n % WIDTH + WIDTH],
    "turned": lambda a, n: ops.reshape(ops.transpose(a), a.shape),
    "new axes": lambda a, n: ops.broadcast_to(a[:, None], (a.shape[0], 2, WIDTH)).mean(axis=1),
    "rows in threes": lambda a, n: (a[:, None, :] @ ops.swapaxes(a[:, None, :], 1, 2))[:, 0],
    "einsum": lambda a, n: ops.einsum("ij,kj->ik", a, a) @ a / 10,
}
OF_TIES: dict[str, Callable[..., Any]] = {
    "max": lambda a, n: ops.max_(a, axis=[0, 1, None, (0, 1)][n % 4], keepdims=True),
    "min": lambda a, n: ops.min_(a, axis=[0, 1, None, (0, 1)][n % 4], keepdims=True),
    "max twice": lambda a, n: ops.max_(ops.concatenate([a, a], axis=1), axis=1, keepdims=True),
}
OPERATIONS = {**SMOOTH, **KINKS, **OF_BATCHES, **OF_TIES, "matmul": lambda a, b: a @ b}
ONE = [*SMOOTH][:10] + [*KINKS][:5] + ["positive"]
TWO = [name for name in (*SMOOTH, *KINKS) if name not in ONE]
BATCHWISE = [*OF_BATCHES, *OF_TIES]


@dataclass
class Graph:
    leaves: list[Any]
    trained: list[bool]
    steps: list[Step]

    def run(self, x: Any, leaves: list[Any], look: Callable[[str, list[Any]], None] = lambda *_: None) -> list[Any]:
        """All the values; `look` is shown the operands of every step."""
        values = [x, *leaves]
        for name, places, number in self.steps:
            operands = [values[i] for i in places]
            look(name, operands)
            values.append(OPERATIONS[name](*operands, number) if name in BATCHWISE else OPERATIONS[name](*operands))
        return values


class Model(Module):
    """A graph whose leaves are parameters, or constants that the model holds; it ends in what no step has used."""

    def __init__(self, graph: Graph, dtype: Any, rate: float = 0.0) -> None:
        self._graph = graph
        self.leaves = [
            Tensor(x.astype(dtype)) if t else x.astype(dtype) for x, t in zip(graph.leaves, graph.trained, strict=True)
        ]
        self.rate, self.generator = rate, np.random.default_rng(0)

    def forward(self, x: Any) -> Any:
        values = self._graph.run(x, self.leaves)
        used = {i for _, places, _ in self._graph.steps for i in places}
        total = ops.mean(self.leaves[0])
        for i in set(range(len(values))) - used:
            matrix = np.shape(values[i]) == (WIDTH, WIDTH) != np.shape(x)
            total = total + (ops.mean(values[i]) if matrix else values[i])
        if self.rate and np.shape(total):
            total = total * KeepMask(self.rate, self.generator)(total)
        return total


class Squares:
    def compute(self, outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) * (outputs - 1)).mean()


def random_graph(rng: np.random.Generator, size: int, rows: int = FULL) -> Graph:
    """Leaves are multiples of 1/4, so that there are ties; the first is a parameter, and used."""
    shapes = [(), (1, WIDTH), (WIDTH,), (WIDTH, WIDTH), (1, 1)]
    leaves = [rng.integers(-6, 7, shapes[i]) / 4 for i in rng.integers(0, len(shapes), rng.integers(1, 5))]
    graph = Graph(leaves, [True, *(rng.random(len(leaves) - 1) < 0.7)], [])
    while len(graph.steps) < size:
        values = graph.run(Tensor(np.ones((rows, WIDTH))), [Tensor(x) for x in leaves])
        shapes_now = [np.shape(v) for v in values]
        kind = [ONE, TWO, BATCHWISE][rng.integers(3)]
        name, i, j = str(rng.choice(kind)), *(int(n) for n in rng.integers(0, len(values), 2))
        places = (i, j) if kind is TWO else (i,)
        if kind is BATCHWISE and shapes_now[i] != (rows, WIDTH):
            continue
        if shapes_now[i] == (WIDTH, WIDTH):  # as a weight
            batches = [k for k, shape in enumerate(shapes_now) if shape == (rows, WIDTH)]
            name, places = "matmul", (int(rng.choice(batches)), i)
        elif (WIDTH, WIDTH) in [shapes_now[k] for k in places]:
            continue
        graph.steps.append((name, places, int(rng.integers(12))))
    return graph


def clear(graph: Graph, x: Any, leaves: list[Any]) -> bool:
    """Whether all values are of moderate size, and no comparison is of numbers that are nearly equal.

    Numbers that are equal are a tie, which is fair where they are leaves, or the same value moved about.
    """
    verdict = True

    def look(name: str, operands: list[Any]) -> None:
        nonlocal verdict
        values = [np.asarray(getattr(v, "value", v), float) for v in operands]
        if name in KINKS:
            borders = [values[1]] if len(values) == 2 else []
            borders += [np.array(b) for b in (0.0, 1.0, -1.0)]
            gaps = [np.abs(v - b) for v in values for b in borders if v is not b]
        elif name in OF_TIES:
            gaps = [np.abs(np.subtract.outer(values[0].ravel(), values[0].ravel()))]
        else:
            return
        exact = all((v * 4 == np.round(v * 4)).all() for v in values)
        verdict &= all(((gap > NEAREST_KINK) | ((gap == 0) & (exact or name in OF_TIES))).all() for gap in gaps)

    values = graph.run(Tensor(x), [Tensor(leaf) for leaf in leaves], look)
    sizes = [np.max(np.abs(getattr(v, "value", v))) for v in values]
    return verdict and bool(np.max(sizes) < LARGEST)


def agree(
    graph: Graph,
    rng: np.random.Generator,
    dtype: Any = np.float64,
    rate: float = 0.0,
    rows: int = FULL,
    short: int = SHORT,
) -> None:
    """Six batches, full and short; the weights change after each."""
    x, y = (rng.integers(-6, 7, (rows, WIDTH)) / 4).astype(dtype), rng.normal(size=(rows, WIDTH)).astype(dtype)
    model = Model(graph, dtype, rate)
    flat = FlatParameters(dict(model.named_parameters()))
    eager, planned = EagerStep(model, Squares(), flat), PlannedStep(model, Squares(), flat)
    tolerance = 1e-3 if dtype is np.float32 else 1e-9
    numbers = any(not tensor.shape for tensor in flat.tensors)  # then they have to be told
    for size in (rows, rows, short, rows, short, short):
        leaves = [np.asarray(getattr(leaf, "value", leaf), float) for leaf in model.leaves]
        assume(clear(graph, x[:size].astype(float), leaves))
        state = model.generator.bit_generator.state
        loss, gradients = eager.step(x[:size], y[:size]), flat.gradients.copy()
        model.generator.bit_generator.state = state
        flat.gradients.fill(np.nan)
        planned_loss = planned.step(x[:size], y[:size])
        assert planned.reason is None, planned.reason
        np.testing.assert_allclose(planned_loss, loss, rtol=tolerance, atol=tolerance)
        scale = max(1.0, float(np.abs(gradients).max()))
        np.testing.assert_allclose(flat.gradients / scale, gradients / scale, rtol=tolerance, atol=tolerance)
        flat.values += rng.choice([-0.25, 0.0, 0.25], flat.values.size).astype(dtype)
        if numbers or rng.random() < 0.5:  # else the plan is not looked at again
            flat.changed()
    assert set(planned.sources) == {rows, short}


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.integers(1, 14), st.sampled_from([np.float64, np.float32]), st.booleans())
def test_random_models(seed: int, size: int, dtype: Any, dropout: bool):
    rng = np.random.default_rng(seed)
    agree(random_graph(rng, size), rng, dtype, 0.3 if dropout else 0.0)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 14))
def test_one_row(seed: int, size: int):
    """Batches of one row, which look like what is broadcast."""
    rng = np.random.default_rng(seed)
    agree(random_graph(rng, size, rows=1), rng, rows=1, short=1)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_buffers_that_a_callback_changes(seed: int):
    """Constants of the model change between batches, in place or for others."""
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, 6)
    graph.trained[1:] = [False] * (len(graph.trained) - 1)
    x, y = rng.normal(size=(FULL, WIDTH)), rng.normal(size=(FULL, WIDTH))
    model = Model(graph, float)
    flat = FlatParameters(dict(model.named_parameters()))
    eager, planned = EagerStep(model, Squares(), flat), PlannedStep(model, Squares(), flat)
    for change in range(4):
        for i, leaf in enumerate(model.leaves[1:], 1):
            if change % 2:
                model.leaves[i] = leaf + 0.25
            else:
                leaf += 0.25
        flat.changed()
        assume(clear(graph, x, [np.asarray(getattr(leaf, "value", leaf), float) for leaf in model.leaves]))
        loss, gradients = eager.step(x, y), flat.gradients.copy()
        np.testing.assert_allclose(planned.step(x, y), loss, rtol=1e-9)
        np.testing.assert_allclose(flat.gradients, gradients, rtol=1e-9, atol=1e-9)
        assert planned.reason is None
