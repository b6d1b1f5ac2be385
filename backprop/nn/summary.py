"""A model as a table: its modules, the shapes between them, how many parameters, how much memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..tensor import Tensor
from ..values import value_of
from .arguments import example_shape
from .prediction import evaluating
from .structure import attributes

if TYPE_CHECKING:
    from .module import Array, Module

Shape = tuple[int, ...]

HEADER = ("name", "module", "output", "parameters")
GAP = "  "


class Table(str):
    """Text that is seen as it would be printed when it is typed at the prompt, or ends the cell of a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summary(model: "Module", input_shape: Shape | None) -> str:
    """See `Module.summary`."""
    input_shape = model.input_shape if input_shape is None else example_shape(input_shape)
    outputs = {} if input_shape is None else _outputs(model, input_shape)
    rows: list[tuple[str, ...]] = [HEADER]
    counted: set[Tensor] = set()
    for name, module in model.named_modules():
        held = [value for _, value in attributes(module)]
        own = {value for value in held if type(value) is Tensor} - counted  # what is shared is counted once
        counted |= own
        whole = any(hasattr(value, "named_modules") for value in held)  # its parts have lines of their own
        if name or own or not whole:
            made = outputs.get(module)
            shape = _shape(made[-1].shape[1:]) if made else "–"
            count = f"{sum(parameter.size for parameter in own):,}"
            rows.append((name, type(module).__name__ if whole else repr(module), shape, count))
    if input_shape is None:
        rows = [(*row[:2], row[3]) for row in rows]
    return Table("\n".join([*_lines(rows), "", *_totals(model, input_shape, outputs)]))


def _outputs(model: "Module", input_shape: Shape) -> "dict[Module, list[Array]]":
    """What every module makes of one example of zeros, call by call."""
    dtype = model.dtype if model.table_rows is None else np.dtype(np.intp)
    # A logarithm of 0, say, is no news about shapes.
    with evaluating(model), _watching(model) as outputs, np.errstate(all="ignore"):
        model(np.zeros((1, *input_shape), dtype))
    return outputs


@contextmanager
def _watching(model: "Module") -> "Iterator[dict[Module, list[Array]]]":
    """Context in which the outputs of all modules are collected: `forward` of each is covered by a function."""
    outputs: dict[Module, list[Array]] = {}

    def watched(module: "Module") -> Any:
        def forward(*inputs: Any) -> Any:
            y = type(module).forward(module, *inputs)
            outputs.setdefault(module, []).append(np.asarray(value_of(y)))
            return y

        return forward

    modules = [module for _, module in model.named_modules()]
    try:
        for module in modules:
            vars(module)["forward"] = watched(module)
        yield outputs
    finally:
        for module in modules:
            del vars(module)["forward"]


def _totals(model: "Module", input_shape: Shape | None, outputs: "dict[Module, list[Array]]") -> Iterator[str]:
    parameters = model.parameters()
    size = sum(p.size * p.dtype.itemsize for p in parameters)
    yield f"{sum(p.size for p in parameters):,} parameters: {_bytes(size)} in {model.dtype}"
    if input_shape is not None:
        arrays = {id(y): y for made in outputs.values() for y in made}  # a layer that changes nothing makes nothing
        shapes = f"inputs {_shape(input_shape)}, outputs {_shape(outputs[model][-1].shape[1:])}"
        yield f"{shapes}: {_bytes(sum(y.nbytes for y in arrays.values()))} of all modules' outputs for each example"


def _lines(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns side by side; the last one holds numbers, and is aligned on the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for i, (*words, number) in enumerate(rows):
        cells = [word.ljust(width) for word, width in zip(words, widths[:-1], strict=True)]
        yield GAP.join([*cells, number.rjust(widths[-1])])
        if i == 0:
            yield "─" * (sum(widths) + len(GAP) * (len(widths) - 1))


def _shape(example: Shape) -> str:
    return f"({', '.join(['n', *map(str, example)])})"


def _bytes(count: int) -> str:
    """A number of bytes in a unit in which it is short.

    >>> _bytes(80), _bytes(3_000_000)
    ('80 bytes', '2.9 MiB')

    """
    if count < 1024:
        return f"{count} bytes"
    size, units = count / 1024, ["KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size, units = size / 1024, units[1:]
    return f"{size:.1f} {units[0]}"
