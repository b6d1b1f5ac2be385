"""Random programs: graphs of up to 50 operations, as data that any library can run.

A program is made by running it in NumPy. Steps that would leave the range in which libraries agree are not
taken: large numbers, and points at which a function is not smooth.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import backprop

LARGEST, NEAREST_KINK = 8.0, 1e-2
SHAPES = [(), (3,), (1, 3), (2, 3), (3, 3), (2, 1)]
"""All values have one of these shapes: few, since JAX compiles each step anew for each shape."""

Table = Mapping[str, Callable[..., Any]]
"""How a library computes each step: a function of the operands and the parameter."""


@dataclass(frozen=True)
class Step:
    name: str
    operands: tuple[int, ...]
    """Positions in the list of values: the leaves first, then the results of the steps."""
    parameter: Any = None


@dataclass
class Program:
    leaves: list[Any]
    steps: list[Step] = field(default_factory=list)

    def run(self, leaves: list[Any], table: Table) -> Any:
        """The sum of all that no step uses: one number."""
        values = list(leaves)
        for step in self.steps:
            values.append(table[step.name](*(values[i] for i in step.operands), *_given(step)))
        total = 0.0
        for i in self.unused():
            total = table["sum"](values[i], (None, False)) + total
        return total

    def unused(self) -> list[int]:
        used = {i for step in self.steps for i in step.operands}
        return [i for i in range(len(self.leaves) + len(self.steps)) if i not in used]

    @property
    def size(self) -> int:
        """Number of operations, with the two that each unused value needs at the end."""
        return len(self.steps) + 2 * len(self.unused())


def _given(step: Step) -> tuple[Any, ...]:
    return () if step.parameter is None else (step.parameter,)


def random_program(rng: np.random.Generator, table: Table, size: int) -> Program:
    """A program of at most `size` operations; `table` is that of NumPy."""
    shapes = [SHAPES[i] for i in rng.integers(len(SHAPES), size=rng.integers(1, 4))]
    program = Program([rng.normal(size=shape)[()] for shape in shapes])
    values = [np.asarray(leaf) for leaf in program.leaves]
    while program.size <= size - 3:  # a step that uses a value again adds three operations
        step = _random_step(rng, values, program.unused())
        if step is None:
            continue
        operands = [values[i] for i in step.operands]
        value = np.asarray(table[step.name](*operands, *_given(step)))
        if value.shape in SHAPES and np.max(np.abs(value)) < LARGEST and _smooth(step, operands):
            program.steps.append(step)
            values.append(value)
    return program


def _smooth(step: Step, operands: list[Any]) -> bool:
    """Whether no operand is near a kink of the step."""
    x = operands[0]
    if step.name in ("relu", "abs"):
        return bool(np.all(np.abs(x) > NEAREST_KINK))
    if step.name in ("maximum", "minimum"):
        return bool(np.all(np.abs(x - operands[1]) > NEAREST_KINK))
    if step.name == "clip":
        return bool(np.all(np.abs(np.abs(x) - 1) > NEAREST_KINK))
    if step.name in ("max", "min"):
        gaps = np.diff(np.sort(x, axis=None))
        return bool(np.all(gaps > NEAREST_KINK))
    return True


UNARY = ["sin", "cos", "tanh", "exp", "sigmoid", "softplus", "relu", "abs", "square", "negative", "clip", "log", "sqrt"]
BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "power"]
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "logsumexp"]
ALONG = ["softmax", "log_softmax", "cumsum"]
MOVES = ["transpose", "ravel", "expand_dims", "broadcast", "reverse", "slice", "take", "pad"]
JOINS = ["concatenate", "stack", "where"]
KINDS = [UNARY, BINARY, REDUCTIONS, ALONG, MOVES, JOINS, ["matmul"]]
WHOLE = ["sum", "mean", "var", "logsumexp"]
"""Reductions that also run over all axes at once."""


def _random_step(rng: np.random.Generator, values: list[Any], unused: list[int]) -> Step | None:
    """One step, or None if the values drawn do not fit it."""

    def pick() -> int:
        return int(rng.choice(unused) if rng.random() < 0.7 else rng.integers(len(values)))

    kind = KINDS[rng.choice(len(KINDS), p=[0.25, 0.25, 0.15, 0.08, 0.12, 0.05, 0.1])]
    name, i = str(rng.choice(kind)), pick()
    shape, rank = values[i].shape, values[i].ndim
    axis = int(rng.integers(max(rank, 1)))
    if kind is UNARY:
        return Step(name, (i,))
    if kind is BINARY or kind is JOINS or name == "matmul":
        fits = _fits.get(name, _broadcast)
        partners = [j for j in (pick(), pick(), pick()) if fits(shape, values[j].shape)]
        if not partners:
            return None
        parameter = {"concatenate": 0, "stack": 0, "where": rng.random(shape) < 0.5}.get(name)
        return Step(name, (i, partners[0]), parameter)
    if rank == 0:
        return None
    if kind is REDUCTIONS:
        return Step(name, (i,), (None if name in WHOLE and rng.random() < 0.3 else axis, bool(rng.random() < 0.5)))
    if kind is ALONG:
        return Step(name, (i,), axis)
    return Step(name, (i,), {"take": rng.integers(shape[0], size=rng.integers(1, 4)), "broadcast": 2}.get(name))


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(m == n or 1 in (m, n) for m, n in zip(a[::-1], b[::-1], strict=False))


def _matrices(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether `matmul` takes these shapes."""
    return bool(a and b) and a[-1] == b[-2:][0]


def _same(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a == b


def _joinable(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return len(a) == len(b) > 0 and a[1:] == b[1:]


_fits = {"matmul": _matrices, "concatenate": _joinable, "stack": _same, "where": _same}


def table_of(xp: Any, **functions: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The steps for a library with NumPy's names; `functions` are those that it calls differently."""

    def softplus(x: Any) -> Any:
        return xp.log(1 + xp.exp(x))

    def softmax(x: Any, axis: int) -> Any:
        powers = xp.exp(x)
        return powers / xp.sum(powers, axis=axis, keepdims=True)

    def reduction(name: str) -> Callable[..., Any]:
        return lambda x, p: getattr(xp, name)(x, axis=p[0], keepdims=p[1])

    table = {
        **{name: getattr(xp, name) for name in ("sin", "cos", "tanh", "exp", "abs", "square", "negative")},
        **{name: getattr(xp, name) for name in ("add", "subtract", "multiply", "maximum", "minimum", "matmul")},
        "sigmoid": lambda x: 1 / (1 + xp.exp(-x)),
        "softplus": softplus,
        "relu": lambda x: xp.maximum(x, 0.0),
        "clip": lambda x: xp.clip(x, -1.0, 1.0),
        "log": lambda x: xp.log(x * x + 1.0),
        "sqrt": lambda x: xp.sqrt(x * x + 1.0),
        "divide": lambda a, b: xp.divide(a, b * b + 1.0),
        "power": lambda a, b: (a * a + 0.5) ** b,
        **{name: reduction(name) for name in ("sum", "mean", "max", "min", "prod", "var")},
        "logsumexp": lambda x, p: xp.log(xp.sum(xp.exp(x), axis=p[0], keepdims=p[1])),
        "softmax": softmax,
        "log_softmax": lambda x, axis: xp.log(softmax(x, axis)),
        "cumsum": lambda x, axis: xp.cumsum(x, axis=axis),
        "transpose": lambda x: xp.transpose(x),
        "ravel": lambda x: xp.reshape(x, (-1,)),
        "expand_dims": lambda x: xp.expand_dims(x, 0),
        "broadcast": lambda x, n: xp.broadcast_to(x, (n, *x.shape)),
        "reverse": lambda x: x[::-1],
        "slice": lambda x: x[1:],
        "take": lambda x, index: x[index],
        "pad": lambda x: xp.pad(x, [(1, 0)] + [(0, 0)] * (len(x.shape) - 1)),
        "concatenate": lambda a, b, axis: xp.concatenate([a, b], axis=axis),
        "stack": lambda a, b, axis: xp.stack([a, b], axis=axis),
        "where": lambda a, b, condition: xp.where(condition, a, b),
    }
    return {**table, **functions}


NUMPY = table_of(np)

OWN = table_of(
    np,  # NumPy's functions record what they do to tensors
    relu=backprop.relu,
    sigmoid=backprop.sigmoid,
    softplus=backprop.softplus,
    softmax=backprop.softmax,
    log_softmax=backprop.log_softmax,
    logsumexp=lambda x, p: backprop.logsumexp(x, *p),
)
