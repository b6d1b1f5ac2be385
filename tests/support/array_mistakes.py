"""The typical mistakes that can be made on graphs with arrays, as far as a local derivative is a factor there."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from mistakes import Mistake, at, one_only, pulled_back

from backprop.explain.trace import Contribution, Trace, is_scalar

PRODUCTS = {"dot", "matmul"}
WITH_BIAS = {"add_rows", "affine", "affine_relu", "affine_sigmoid", "affine_tanh"}


def array_mistakes(trace: Trace) -> Iterator[Mistake]:
    """Upstream or local gradient forgotten, one contribution only, one term of a sum only, transpose forgotten."""
    edges = [c for c in trace.contributions if np.asarray(c.operand.value).dtype.kind == "f"]
    yield from (at("upstream forgotten", [c], _no_upstream) for c in edges)
    if len(edges) > 1:
        yield at("upstream forgotten", edges, _no_upstream)
    factors = [c for c in edges if c.local is not None and c.node.shape == c.operand.shape == np.shape(c.local)]
    yield from (at("local forgotten", [c], _no_local) for c in factors)
    yield from one_only(trace)
    for c in edges:
        if _sums_over_examples(c):
            yield at("sum over the batch forgotten", [c], _first_example)
        if _is_product(c) and _untransposed(c, np.ones(c.node.shape)) is not None:
            yield at("transpose forgotten", [c], lambda trace, c, upstream: _untransposed(c, upstream))


def _no_upstream(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return pulled_back(c, np.ones(c.node.shape))


def _no_local(trace: Trace, c: Contribution, upstream: Any) -> Any:
    return upstream


def _is_product(c: Contribution) -> bool:
    """Whether it is a product of two matrices."""
    name = c.node.operation.name if c.node.operation is not None else ""
    return name in PRODUCTS and all(np.ndim(operand.value) == 2 for operand in c.node.operands)


def _sums_over_examples(c: Contribution) -> bool:
    """Whether examples, which are rows, are summed up: for a weight, or for a bias that is added to all of them."""
    if len(c.node.shape) != 2 or c.node.operation is None or is_scalar(c.operand.value):
        return False
    if c.node.operation.name in PRODUCTS | WITH_BIAS:
        return c.position > 0
    return c.node.operation.elementwise and c.operand.shape in (c.node.shape[1:], (1, *c.node.shape[1:]))


def _first_example(trace: Trace, c: Contribution, upstream: Any) -> Any:
    only = np.zeros(c.node.shape)
    only[0] = np.broadcast_to(upstream, c.node.shape)[0]
    return pulled_back(c, only)


def _untransposed(c: Contribution, upstream: Any) -> Any:
    """`upstream @ b` for a and `a @ upstream` for b, where the shapes let that pass; None where they do not."""
    a, b = (operand.value for operand in c.node.operands)
    try:
        wrong = upstream @ b if c.position == 0 else a @ upstream
    except ValueError:
        return None
    return wrong if np.shape(wrong) == c.operand.shape else None
