"""A model as an ONNX file."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from ...nn import Module
from ...nn.arguments import example_shape
from ...nn.prediction import evaluating
from ...tensor import Tensor
from ...training.replacing import replacing
from ..errors import ExportError
from ..optional import optional
from .graph import BATCH, INPUT, OUTPUT, Graph
from .rules import write
from .tracing import BATCHES, Pair, Recording, record

OPSET = 18
"""Version of ONNX's operations: the first in which all reductions take their axes in the same way."""

TRIAL = 5
"""Size of a batch that the graph was not made from, on which it is compared with the model."""

TOLERANCE = {np.dtype(np.float64): 1e-6, np.dtype(np.float32): 1e-2, np.dtype(np.float16): 1e-1}
"""Largest difference allowed there, relative to the largest output. A wrong graph is wrong in the first digits, and a
right one may add up rounding errors in another order, which a division by a small deviation makes larger."""

LIMIT = 2**31 - 1
"""Bytes in one file: more cannot be told by a protocol buffer."""


def export_onnx(
    model: Module,
    path: str | PathLike[str],
    input_shape: Sequence[int] | None = None,
    *,
    opset: int = OPSET,
) -> None:
    """Write a model to an ONNX file, as it computes after training (dropout drops nothing).

    The graph is found by running the model and reading off the recorded operations. So any module can be exported
    whose `forward` takes one input, gives one tensor, and computes the same operations whatever the numbers: those of
    `backprop.nn`, and your own. A recurrent layer is unrolled: the length in time is that of `input_shape`. The first
    axis of the input, the batch, may have any size. Input and output are called "input" and "output".

    The graph is checked with `onnx.checker`, and computes the same as the model on a batch that it was not made from,
    before the file is written. It is written whole, or not at all.

    Args:
        model: the model; it is left as it was.
        path: the file; one that is there is replaced.
        input_shape: shape of one example, without the axis of the batch. Not needed where the first layer has one, as
            `Linear` does; needed for `Embedding`, whose inputs are whole numbers, int64: `()` or `(length,)`.
        opset: version of ONNX's operations, at least 18.

    Raises:
        ExportError: a part of the model cannot be exported; the message names the layer, and what to do.
        ImportError: onnx is not installed: `pip install "backprop-tutorial[onnx]"`.
        TypeError: `model` is no module, or the shape is not made of whole numbers.
        ValueError: no shape is given or known, or the opset is too old or too new.

    """
    onnx = optional("onnx", "onnx")
    if not isinstance(model, Module):
        raise TypeError(f"export_onnx(model, path) takes a backprop.nn.Module first, not a {type(model).__name__}")
    if opset < OPSET:
        raise ValueError(f"opset {opset} is too old: this export needs {OPSET} or later")
    if opset > (newest := onnx.defs.onnx_opset_version()):
        raise ValueError(f"opset {opset} is newer than {newest}, the newest that onnx {onnx.__version__} knows")
    batches = _Batches(model, input_shape)
    recording = record(model, batches.draw)
    proto = _proto(type(model).__name__, recording, opset)
    data: bytes = proto.SerializeToString()
    _compare(model, proto, batches.draw(TRIAL))
    with replacing(path) as file:
        file.write(data)


class _Batches:
    """Inputs of a model, drawn at random: whole numbers for a table, else numbers about 0."""

    def __init__(self, model: Module, input_shape: Sequence[int] | None) -> None:
        shape = model.input_shape if input_shape is None else example_shape(input_shape)
        if shape is None:
            raise ValueError(
                f"the shape of the inputs of {type(model).__name__} is not known: give that of one example, without "
                "the axis of the batch, such as input_shape=(784,), or (length, features) for a recurrent layer"
            )
        rows = [module.table_rows for _, module in model.named_modules()]
        self._rows = min((n for n in rows if n is not None), default=None)  # what is a row of one table is one of all
        self._shape, self._dtype = shape, model.dtype
        self._rng = np.random.default_rng(0)

    def draw(self, count: int) -> Any:
        """So many examples: an array of whole numbers, or a tensor."""
        shape = (count, *self._shape)
        if self._rows is not None:
            return self._rng.integers(0, self._rows, shape)
        return Tensor(self._rng.standard_normal(shape).astype(self._dtype), INPUT)


def _proto(name: str, recording: Recording, opset: int) -> Any:
    """The recording as an ONNX model, checked."""
    onnx = optional("onnx", "onnx")
    graph = Graph(recording)
    for step in recording.steps:
        graph.layer = step.layer
        graph.name_result(step.result, write(graph, step))
    graph.layer = ""
    graph.node("Identity", graph.name_of(recording.output, name), outputs=[OUTPUT])
    size = sum(len(tensor.raw_data) for tensor in graph.initializers)
    if size > LIMIT:
        raise ExportError(f"{name} has {size / 1e9:.1f} GB of parameters, and an ONNX file can hold 2: use float32")
    helper = onnx.helper
    body = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info(INPUT, graph.element_type(recording.inputs[0].dtype), _axes(recording.inputs))],
        [helper.make_tensor_value_info(OUTPUT, graph.element_type(recording.output[0].dtype), _axes(recording.output))],
        graph.initializers,
    )
    operations = [helper.make_opsetid("", opset)]
    # The oldest format that has these operations: the file can be read by older runtimes too.
    oldest = helper.find_min_ir_version_for(operations)
    proto = helper.make_model(body, opset_imports=operations, producer_name="backprop", ir_version=oldest)
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _axes(runs: Pair) -> list[str | int | None]:
    """Sizes along the axes: a number, the batch, or unknown where it depends on the batch in another way."""
    return [
        n if n == m else BATCH if (n, m) == BATCHES else None for n, m in zip(runs[0].shape, runs[1].shape, strict=True)
    ]


def _compare(model: Module, proto: Any, batch: Any) -> None:
    """Compute the graph with ONNX's reference implementation, and the model; an ExportError if they differ."""
    evaluator = optional("onnx.reference", "onnx").ReferenceEvaluator(proto)
    with np.errstate(all="ignore"), evaluating(model):
        expected = np.asarray(model(batch).value)
        [found] = evaluator.run(None, {INPUT: np.asarray(getattr(batch, "value", batch))})
    scale = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    tolerance = TOLERANCE[expected.dtype] * scale + 100 * np.finfo(expected.dtype).eps
    if found.shape != expected.shape or not np.allclose(found, expected, rtol=0, atol=tolerance, equal_nan=True):
        raise ExportError(
            f"{type(model).__name__}: on another batch, of {TRIAL} examples, the graph does not compute what the model "
            "does. Does forward() do something else for other numbers, or other sizes of the batch? ONNX gets one "
            "graph: choose with backprop.where"
        )
