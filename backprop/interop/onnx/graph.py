"""The ONNX graph while it is built: nodes, constants, and sizes that depend on the size of the batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensor import Tensor
from ..errors import ExportError
from ..optional import optional
from .tracing import BATCHES, Array, Pair, Recording, Step, same

INPUT, OUTPUT, BATCH = "input", "output", "batch"

FLOATS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


class Graph:
    """Nodes and constants of a recording; a value is known by its name.

    Args:
        recording: the model in two runs.

    """

    def __init__(self, recording: Recording) -> None:
        onnx = optional("onnx", "onnx")
        self._helper, self._from_array = onnx.helper, onnx.numpy_helper.from_array
        self._inputs = recording.inputs
        self._names: dict[int, str] = {}  # of tensors of the first run, by identity
        self._twins: dict[int, str] = {}  # and of the second
        self._parameters = {
            id(tensor): f"{name}.value" if name in (INPUT, OUTPUT) else name
            for name, tensor in recording.parameters.items()
        }
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._taken = {INPUT, OUTPUT, *self._parameters.values()}
        self._batch = ""
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.layer = ""
        """Name of the layer that nodes are being made for."""
        self.name_result(self._inputs, INPUT)

    def name_result(self, result: Pair, name: str) -> None:
        """Say under which name the graph has a tensor of the two runs."""
        self._names[id(result[0])] = self._twins[id(result[1])] = name

    def node(self, operation: str, *inputs: str, outputs: Sequence[str] = (), **attributes: Any) -> str:
        """Add a node and return the name of its (first) output."""
        name = self._fresh(operation)
        outputs = outputs or [name]
        self.nodes.append(self._helper.make_node(operation, inputs, outputs, name=name, **attributes))
        return outputs[0]

    def constant(self, value: Any, dtype: Any = None) -> str:
        """Name of a constant; equal ones are stored once."""
        array = np.array(value, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self._store(array, self._fresh("constant", in_layer=False))
        return self._constants[key]

    def integers(self, *values: int) -> str:
        """Name of a constant row of whole numbers: sizes, axes."""
        return self.constant(values, np.int64)

    def cast(self, name: str, source: Any, target: Any) -> str:
        """Name of a value in another type."""
        if np.dtype(source) == np.dtype(target):
            return name
        return self.node("Cast", name, to=self.element_type(target))

    def element_type(self, dtype: Any) -> int:
        """ONNX's number of a type."""
        return int(self._helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def operand(self, step: Step, position: int, dtype: Any = None) -> str:
        """Name of an operand of a step, in the given type; without one, in that of the result.

        Raises:
            ExportError: it was computed from the input by something that is not recorded.

        """
        dtype = step.result[0].dtype if dtype is None else np.dtype(dtype)
        first, second = step.operands[position]
        if (name := self._names.get(id(first))) is not None and name == self._twins.get(id(second)):
            return self.cast(name, _dtype(first), dtype)
        if isinstance(first, Tensor) and isinstance(second, Tensor):
            if first is second and (name := self._parameters.get(id(first))) is not None:
                self._store(np.asarray(first.value), name)
                self.name_result((first, second), name)
                return self.cast(name, first.dtype, dtype)
            first, second = first.value, second.value
        return self._changing(np.asarray(first), np.asarray(second), dtype, step.where)

    def name_of(self, output: Pair, model: str) -> str:
        """Name of the output of the model.

        Raises:
            ExportError: it was not computed from the input.

        """
        name = self._names.get(id(output[0]))
        if name is None or name != self._twins.get(id(output[1])):
            raise ExportError(f"the output of {model} does not depend on its input through recorded operations")
        return name

    def sizes(self, first: Sequence[int], second: Sequence[int]) -> str:
        """Name of a row of sizes, computed from the size of the batch where the runs differ."""
        if tuple(first) == tuple(second):
            return self.integers(*first)
        return self.node("Concat", *map(self._size, first, second), axis=0)

    def _size(self, first: int, second: int) -> str:
        """A row of one size, which is a straight line through those of the two runs."""
        slope = (second - first) // (BATCHES[1] - BATCHES[0])
        start = first - slope * BATCHES[0]
        if slope == 0:
            return self.integers(first)
        if not self._batch:
            shape = self.node("Shape", INPUT)
            self._batch = self.node("Slice", shape, self.integers(0), self.integers(1))
        size = self._batch if slope == 1 else self.node("Mul", self._batch, self.integers(slope))
        return self.node("Add", size, self.integers(start)) if start else size

    def _changing(self, first: Array, second: Array, dtype: Any, where: str) -> str:
        """A constant operand: the same in both runs, or the input, or one number repeated for every example."""
        if same(first, second):
            return self.constant(first, dtype)
        a, b = (np.asarray(x) for x in self._inputs) if not isinstance(self._inputs[0], Tensor) else (None, None)
        if a is not None and b is not None and np.array_equal(a, first) and np.array_equal(b, second):
            return self.cast(INPUT, a.dtype, dtype)
        if first.ndim == second.ndim:
            # Along an axis whose size differs, all entries have to be equal: one is kept, and repeated.
            index = tuple(
                slice(0, 1) if n != m else slice(None) for n, m in zip(first.shape, second.shape, strict=True)
            )
            kept = first[index]
            repeated = [np.broadcast_to(kept, x.shape) for x in (first, second)] if first.shape != second.shape else []
            if repeated and all(map(np.array_equal, repeated, (first, second))):
                return self.node("Expand", self.constant(kept, dtype), self.sizes(first.shape, second.shape))
        raise ExportError(
            f"{where}: an operand is a constant of the graph, and yet differs from one batch to another. It is random, "
            "or was computed from the input by something that is not recorded, such as .value, a comparison or a "
            "NumPy function of plain arrays. Compute it with operations on tensors, such as backprop.maximum or clip"
        )

    def _store(self, array: Array, name: str) -> str:
        if array.dtype.kind == "f" and array.dtype not in FLOATS:
            raise ExportError(f"{name} is of type {array.dtype}, which ONNX does not have: use float32 or float64")
        self.initializers.append(self._from_array(np.ascontiguousarray(array).reshape(array.shape), name))
        return name

    def _fresh(self, kind: str, in_layer: bool = True) -> str:
        base = f"{self.layer}/{kind}" if in_layer and self.layer else kind
        name, number = base, 1
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name


def _dtype(x: Any) -> "np.dtype[Any]":
    return x.dtype if isinstance(x, Tensor | np.ndarray) else np.asarray(x).dtype
