"""Indexing as NumPy understands it, put together from ONNX's Slice, Gather, Squeeze and Unsqueeze."""

from typing import Any

import numpy as np

from ..errors import ExportError
from .graph import Graph
from .tracing import Step

LAST = 2**63 - 1
"""The end of a slice that has none: ONNX cuts it down to the size of the axis."""


def getitem(graph: Graph, step: Step) -> str:
    """Integers, slices, None, Ellipsis, and one array of integers or booleans.

    Raises:
        ExportError: the index depends on the size of the batch, or has several arrays.

    """
    if step.parameters_differ:
        raise ExportError(
            f"{step.where}: the index depends on the size of the batch. Count from the end, as in x[:, -1], or leave a "
            "slice open, as in x[1:]"
        )
    x = step.operands[0][0]
    parts = _parts(step.operation.parameters()["index"], np.ndim(x), step.where)
    name = graph.operand(step, 0)
    name = _slices(graph, name, [part for part in parts if part is not None])
    removed: list[int] = []
    added: list[int] = []
    axis = place = 0  # of the operand, and of the result
    for part in parts:
        if part is None:
            added.append(place)
            place += 1
            continue
        if isinstance(part, int):
            removed.append(axis)
        else:
            if isinstance(part, np.ndarray):
                name = graph.node("Gather", name, graph.constant(part, np.int64), axis=axis)
                place += part.ndim - 1
            place += 1
        axis += 1
    if removed:
        name = graph.node("Squeeze", name, graph.integers(*removed))
    return graph.node("Unsqueeze", name, graph.integers(*added)) if added else name


def _parts(index: Any, rank: int, where: str) -> list[Any]:
    """One part for each axis (an integer, a slice or an array of integers), and None for each new axis."""
    parts = list(index) if isinstance(index, tuple) else [index]
    parts = [_part(p, where) for p in parts]
    arrays = [p for p in parts if isinstance(p, np.ndarray)]
    if len(arrays) > 1 or (arrays and any(isinstance(p, int) for p in parts)):
        raise ExportError(
            f"{where}: an index of several arrays, or of an array and an integer, cannot be exported. "
            "Index one axis at a time, as in x[:, [0, 2]][:, :, 1]"
        )
    missing = rank - sum(p is not None and p is not Ellipsis for p in parts)
    at = next((i for i, p in enumerate(parts) if p is Ellipsis), len(parts))
    return [*parts[:at], *[slice(None)] * missing, *parts[at + 1 :]]


def _part(part: Any, where: str) -> Any:
    if part is None or part is Ellipsis or isinstance(part, slice):
        return part
    array = np.asarray(part)
    if array.dtype.kind == "b":
        if array.ndim != 1:
            raise ExportError(f"{where}: an index of booleans for several axes cannot be exported: use backprop.where")
        return np.flatnonzero(array)
    return int(array) if array.ndim == 0 else array.astype(np.int64)


def _slices(graph: Graph, name: str, parts: list[Any]) -> str:
    """Cut every axis; an integer leaves an axis of size 1."""
    cuts = [
        (axis, *_bounds(part))
        for axis, part in enumerate(parts)
        if isinstance(part, int) or (isinstance(part, slice) and part != slice(None))
    ]
    if not cuts:
        return name
    axes, starts, stops, steps = (graph.integers(*column) for column in zip(*cuts, strict=True))
    return graph.node("Slice", name, starts, stops, axes, steps)


def _bounds(part: Any) -> tuple[int, int, int]:
    if isinstance(part, int):
        return part, LAST if part == -1 else part + 1, 1
    step = 1 if part.step is None else int(part.step)
    start = (0 if step > 0 else LAST) if part.start is None else int(part.start)
    stop = (LAST if step > 0 else -LAST) if part.stop is None else int(part.stop)
    return start, stop, step
