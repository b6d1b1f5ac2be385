"""What several tests of modules share."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from frameworks import framework

from backprop import Tensor, check_gradients
from backprop.nn import Module


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch, to compare with."""
    return framework("torch")


def put(module: Module, name: str, value: Any) -> None:
    """Set what a parameter's name, such as `layers.0.weight`, leads to."""
    place: Any = module
    *path, last = name.split(".")
    for part in path:
        place = place[int(part)] if part.isdigit() else getattr(place, part)
    setattr(place, last, value)


@pytest.fixture(scope="session")
def check_module() -> Callable[..., None]:
    """Compare the gradients of all parameters, and of the inputs if they are floating-point numbers, with differences.

    The parameters are moved off their start first: biases of 0 would hide much.
    """

    def check(module: Module, x: Any) -> None:
        names = [name for name, _ in module.named_parameters()]
        values = [np.random.default_rng(5).normal(size=p.shape) for p in module.parameters()]
        indices = np.asarray(x).dtype.kind in "iu"

        def run(*given: Any) -> Tensor:
            for name, value in zip(names, given, strict=False):
                put(module, name, value)
            return module(x if indices else given[-1])

        assert check_gradients(run, *values, *([] if indices else [x])) < 1e-6

    return check
