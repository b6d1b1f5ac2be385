"""What stands in a figure, before it has places: shapes for nodes, labels on edges, and wires between them.

The value of a node is written once, on the stem that leaves it; where the stem branches because the node is
used more than once, each branch carries its own contribution to the gradient, and the stem the sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from ..operations.operation import Operation
from .labels import has_label, label
from .layout import Box, Link
from .mathtext import to_text
from .moment import State
from .names import Name
from .notation import local_derivative_latex
from .numbers import format_factor, format_number, format_shape, format_value
from .trace import Contribution, Node, Trace, is_scalar

LINE_HEIGHT = 19
NODE_HEIGHT = 36
LONGEST_NAME = 18
LONGEST_ARRAY = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a label: a class, a name if it begins with one, and text."""

    kind: str
    name: Name | None = None
    text: str = ""

    @property
    def width(self) -> float:
        """Estimated width in pixels, on the safe side."""
        equals = " = " if self.name and self.text else ""
        return text_width(
            (self.name.text if self.name else "") + equals + self.text, 13 if self.kind == "local" else 15
        )


@dataclass(slots=True)
class Shape:
    """A node as it is drawn, or a label, which is a place on an edge with text above and below it."""

    key: str
    kind: str
    width: float
    height: float
    state: State = ""
    text: str = ""
    name: Name | None = None
    above: Sequence[Line] = ()
    below: Sequence[Line] = ()
    room: tuple[int, int] = (0, 0)
    """How many lines there are to be above and below, in this step or a later one."""
    data: dict[str, object] = field(default_factory=dict)

    @property
    def is_label(self) -> bool:
        """Whether edges run through it."""
        return self.kind == "label"

    @property
    def box(self) -> Box:
        """Its size, for the layout."""
        return Box(self.key, self.width, self.height, round=self.kind == "operation" and self.width == self.height)


@dataclass(slots=True)
class Wire:
    """A piece of an edge; the last piece has the arrow."""

    key: str
    source: str
    target: str
    arrow: bool
    state: State
    data: dict[str, object]


@dataclass(slots=True)
class Diagram:
    """Shapes and wires."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)

    def add(self, shape: Shape) -> str:
        """Add a shape; its key."""
        self.shapes[shape.key] = shape
        return shape.key

    def connect(self, source: str, target: str, state: State, **data: object) -> None:
        """Add a wire; its arrow is left out where it ends at a label."""
        arrow = not self.shapes[target].is_label
        self.wires.append(Wire(f"w{len(self.wires)}", source, target, arrow, state, data))

    @property
    def links(self) -> tuple[Link, ...]:
        """The wires, for the layout."""
        return tuple(
            Link(w.key, w.source, w.target, self.shapes[w.source].is_label, self.shapes[w.target].is_label)
            for w in self.wires
        )


def text_width(text: str, size: float = 15) -> float:
    """Estimated width of a text, on the safe side: the real one depends on the reader's fonts."""
    return sum(1.0 if ord(c) > 0x2E80 else 0.36 if c in " .,·|[]()" else 0.62 for c in text) * size


def shortened(text: str) -> str:
    """A text that fits a node."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME // 2]}…{text[-LONGEST_NAME // 2 + 1 :]}"


def pill(key: str, kind: str, node: Node, state: State = "") -> Shape:
    """An input or the output: its name, shortened if it is long."""
    text = shortened(node.name.text)
    name = node.name if text == node.name.text else Name(text)
    data: dict[str, object] = {"node": node.index, "name": escape(node.key)}
    return Shape(key, kind, max(44, text_width(text, 17) + 22), NODE_HEIGHT, state, name=name, data=data)


def is_short(value: Any) -> bool:
    """Whether all of a value fits a label: a number, or a very short vector."""
    return is_scalar(value) or (np.ndim(value) == 1 and 0 < np.size(value) <= LONGEST_ARRAY)


def compact(value: Any) -> str:
    """A value that fits a label: of an array the first number only, unless it is very short."""
    if is_short(value):
        return format_value(value)
    return f"[{format_number(np.ravel(value)[0])}, …]" if np.size(value) else "[]"


def value_lines(kind: str, name: Name | None, value: Any) -> Iterator[Line]:
    """The lines that say what a node is: `p = 4`, or for an array its name with its shape, and a compact value."""
    if is_short(value):
        yield Line(kind, name, format_value(value))
    else:
        yield Line("shape", name, format_shape(np.shape(value)))
        yield Line(kind, None, compact(value))


def local_line(trace: Trace, c: Contribution) -> Line:
    """The local derivative of an edge."""
    symbol = to_text(local_derivative_latex(trace, c.node, c.position))
    return Line("local", None, symbol if c.local is None else f"{symbol} = {compact(c.local)}")


def gradient_text(value: Any, complete: bool = True) -> str:
    """A gradient; as a sum that goes on, where contributions are still to come: `5 + …`."""
    return compact(value) if complete else f"{compact(value)} + …"


def label_shape(key: str, above: Sequence[Line], below: Sequence[Line], state: State, **data: object) -> Shape:
    """A label large enough for its lines, which are centred on the edge."""
    width = max(line.width for line in (*above, *below)) + 14
    height = 2 * LINE_HEIGHT * max(len(above), len(below)) + 4
    room = (len(above), len(below))
    return Shape(key, "label", width, height, state, above=above, below=below, room=room, data=data)


def symbol_of(operation: Operation, language: str) -> str:
    """The symbol of an operation, as it is written in a language."""
    key = f"symbol.{operation.name}"
    return label(key, language) if has_label(key) else operation.symbol


def operation_symbol(node: Node, language: str) -> str:
    """What stands in the node of an operation; a constant operand is written with it: ×2, +1, (·)²."""
    operation = node.operation
    assert operation is not None
    symbol = symbol_of(operation, language)
    folded = folded_constant(node)
    if folded is None:
        return symbol
    constant, factor = format_number(folded.value), format_factor(folded.value)
    if folded is node.operands[1]:
        if operation.name == "power":
            return Name("(·)", "", constant.replace("−", "-")).text
        return f"{symbol}{factor}"
    return {"add": f"+{factor}", "multiply": f"×{factor}", "divide": f"{constant}/·"}.get(
        operation.name, f"{constant}{symbol}·"
    )


def folded_constant(node: Node) -> Node | None:
    """The constant of a sum, product, quotient or power of two operands, if it is one number."""
    operation = node.operation
    if operation is None or operation.name not in ("add", "subtract", "multiply", "divide", "power"):
        return None
    for operand, other in zip(node.operands, reversed(node.operands), strict=True):
        if operand.kind == "constant" and is_scalar(operand.value) and other.kind != "constant":
            return operand
    return None
