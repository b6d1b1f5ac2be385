from collections.abc import Callable
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from backprop import Tensor, cos, exp, mean_squared_error, sigmoid, sin, tanh
from backprop.explain.labels import languages


@pytest.fixture
def running() -> SimpleNamespace:
    """g = (x + y) z at (1, 3, -3)."""
    x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    p = (x + y).named("p")
    return SimpleNamespace(x=x, y=y, z=z, p=p, g=(p * z).named("g"))


@pytest.fixture
def shared() -> SimpleNamespace:
    """q = w w + w x at (2, 5): w is used three times."""
    w, x = Tensor(2.0, "w"), Tensor(5.0, "x")
    u, v = (w * w).named("u"), (w * x).named("v")
    return SimpleNamespace(w=w, x=x, u=u, v=v, q=(u + v).named("q"))


@pytest.fixture
def layer() -> SimpleNamespace:
    """A layer of two tanh units on two examples, with a mean squared error."""
    inputs = np.arange(6.0).reshape(2, 3)
    weight, bias = Tensor(np.full((3, 2), 0.1), "W"), Tensor([0.0, 1.0], "b")
    h = tanh(inputs @ weight + bias).named("h")
    return SimpleNamespace(W=weight, b=bias, h=h, L=mean_squared_error(h, np.zeros((2, 2))).named("L"))


@pytest.fixture(scope="session")
def random_graph() -> Callable[[int], tuple[Tensor, list[Tensor]]]:
    """A function that makes a scalar graph of up to a dozen operations from a seed: the output and its inputs."""
    functions = [sin, cos, tanh, sigmoid, lambda t: exp(t * 0.1), lambda t: -t, lambda t: t**2, lambda t: t * 0.5 - 1.0]
    operators = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b * b + 1.0)]

    def make(seed: int) -> tuple[Tensor, list[Tensor]]:
        random = Random(seed)
        inputs = [Tensor(random.uniform(-2, 2), name) for name in "xyz"[: random.randint(1, 3)]]
        pool = list(inputs)
        for i in range(random.randint(1, 10)):
            a, b = random.choice(pool), random.choice(pool)
            result = random.choice(functions)(a) if random.random() < 0.4 else random.choice(operators)(a, b)
            pool.append(result.named(f"t_{i}") if random.random() < 0.5 else result)
        return sum(pool[1:], pool[0]) * 1.0, inputs

    return make


@pytest.fixture(params=languages())
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)
