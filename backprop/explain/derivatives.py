"""Two other ways to a derivative, to compare the backward pass with: a sum over paths, and finite differences."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .trace import Node, Trace, is_scalar

STEP = 6e-6
"""Half the distance of the two points of a difference, relative to the entry: the cube root of the rounding error
of float64, where rounding and curvature weigh the same."""
LARGEST_CHECK = 500
"""Number of entries of one input that are checked; of more, the first two, the last and others evenly spread."""


def path_sum(trace: Trace, source: Node) -> float | None:
    """Sum over all paths from an input to the output of the products of local derivatives; None for arrays.

    It goes through the graph forwards, so that no path is followed twice and nothing of the backward pass is used.
    """
    if not all(is_scalar(node.value) for node in trace.nodes):
        return None
    locals_of = {(c.node, c.position): float(c.local) for c in trace.contributions}
    sums = {source: 1.0}
    for node in trace.steps:
        terms = (locals_of.get((node, i), 0.0) * sums[x] for i, x in enumerate(node.operands) if x in sums)
        sums[node] = sum(terms)
    return sums[trace.output] * float(trace.seed)


def central_differences(trace: Trace, source: Node) -> Any:
    """Central differences of the output, weighted by the seed, for every entry of an input.

    Computed in float64 by repeating the recorded operations. Entries that are not checked are NaN.
    """
    value = np.array(source.value, dtype=np.float64)
    differences = np.full(value.shape, np.nan)
    for place in _places(value):
        step = STEP * max(1.0, abs(float(value[place])))
        ends = []
        for offset in (step, -step):
            moved = value.copy()
            moved[place] += offset
            ends.append(replay(trace, {source: moved}))
        differences[place] = np.sum(trace.seed * (ends[0] - ends[1])) / (2 * step)
    return differences if differences.ndim else float(differences)


def relative_error(derivative: Any, differences: Any) -> float:
    """Largest distance of two derivatives, relative to the larger of 1 and their largest entry."""
    checked = ~np.isnan(differences)
    a, b = np.asarray(derivative, np.float64)[checked], np.asarray(differences)[checked]
    if not a.size:
        return 0.0 if checked.size == 0 else float("nan")
    return float(np.max(np.abs(a - b)) / max(1.0, np.max(np.abs(a)), np.max(np.abs(b))))


def replay(trace: Trace, changed: Mapping[Node, Any]) -> Any:
    """The output for other values of some inputs: the forward pass again, in float64."""
    values: dict[Node, Any] = {}
    for node in trace.nodes:
        if node in changed:
            values[node] = _native(changed[node])
        elif node.operation is None:
            values[node] = _precise(node.value)
        else:
            values[node] = node.operation.forward(*(values[x] for x in node.operands))
    return values[trace.output]


def _places(value: "np.ndarray[Any, Any]") -> list[tuple[int, ...]]:
    flat = np.arange(value.size)
    if value.size > LARGEST_CHECK:
        spread = np.linspace(1, value.size - 1, LARGEST_CHECK - 1).astype(int)
        flat = np.unique(np.concatenate([[0], spread]))
    return [tuple(int(i) for i in np.unravel_index(place, value.shape)) for place in flat]


def _precise(value: Any) -> Any:
    return value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def _native(value: "np.ndarray[Any, Any]") -> Any:
    """A number as a Python float, for which scalar operations are exact and fast."""
    return value if value.ndim else float(value)
