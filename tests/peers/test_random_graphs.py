"""Gradients against PyTorch and JAX, on 2000 random graphs of up to 50 operations.

The frameworks are in an extra of their own (`pip install -e ".[peers]"`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from frameworks import framework
from programs import NUMPY, OWN, Program, random_program, table_of

import backprop

GRAPHS, LARGEST_GRAPH, TOLERANCE = 2000, 50, 1e-9
PARTS = 4
"""Each peer's graphs are in so many tests, for several processes to share."""


def torch_gradients() -> Callable[[Program], list[Any]]:
    import torch

    table = table_of(
        torch,
        max=lambda x, p: torch.amax(x, p[0], p[1]),
        min=lambda x, p: torch.amin(x, p[0], p[1]),
        prod=lambda x, p: torch.prod(x, p[0], p[1]),
        var=lambda x, p: torch.var(x, p[0], correction=0, keepdim=p[1]),
        relu=torch.relu,
        sigmoid=torch.sigmoid,
        softplus=torch.nn.functional.softplus,
        softmax=torch.softmax,
        log_softmax=torch.log_softmax,
        logsumexp=lambda x, p: torch.logsumexp(x, tuple(range(x.ndim)) if p[0] is None else p[0], p[1]),
        transpose=lambda x: x.permute(*reversed(range(x.ndim))),
        expand_dims=lambda x: x.unsqueeze(0),
        reverse=lambda x: torch.flip(x, [0]),
        take=lambda x, index: x[torch.from_numpy(index)],
        pad=lambda x: torch.nn.functional.pad(x, [0, 0] * (x.ndim - 1) + [1, 0]),
        where=lambda a, b, condition: torch.where(torch.as_tensor(condition), a, b),
    )

    def gradients(program: Program) -> list[Any]:
        leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.leaves]
        program.run(leaves, table).backward()
        return [leaf.grad.numpy() for leaf in leaves]

    return gradients


def jax_gradients() -> Callable[[Program], list[Any]]:
    import jax

    jax.config.update("jax_enable_x64", True)
    table = table_of(
        jax.numpy,
        relu=jax.nn.relu,
        sigmoid=jax.nn.sigmoid,
        softplus=jax.nn.softplus,
        softmax=jax.nn.softmax,
        log_softmax=jax.nn.log_softmax,
        logsumexp=lambda x, p: jax.nn.logsumexp(x, axis=p[0], keepdims=p[1]),
    )

    def gradients(program: Program) -> list[Any]:
        leaves = [jax.numpy.asarray(x) for x in program.leaves]
        return [np.asarray(g) for g in jax.grad(lambda leaves: program.run(leaves, table))(leaves)]

    return gradients


def own_gradients(program: Program) -> list[Any]:
    leaves = [backprop.Tensor(x) for x in program.leaves]
    program.run(leaves, OWN).backward()
    return [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("name", "make"), [("torch", torch_gradients), ("jax", jax_gradients)])
def test_gradients_agree(name: str, make: Callable[[], Callable[[Program], list[Any]]], part: int):
    framework(name)
    peer = make()
    for seed in range(part, GRAPHS, PARTS):
        rng = np.random.default_rng(seed)
        program = random_program(rng, NUMPY, int(rng.integers(9, LARGEST_GRAPH + 1)))
        assert program.size <= LARGEST_GRAPH
        expected, found = peer(program), own_gradients(program)
        scale = max(1.0, *(np.max(np.abs(g)) for g in expected))
        for g, e in zip(found, expected, strict=True):
            np.testing.assert_allclose(g, e, rtol=TOLERANCE, atol=TOLERANCE * scale, err_msg=f"graph {seed}: {program}")
