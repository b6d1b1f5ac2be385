"""The table of local derivatives: what the operations state of themselves, for readers."""

import re

from ..operations.operation import REGISTRY, Operation
from .names import Name
from .notation import derivative_latex
from .table import Cell, Column, Table, Word

_TOPICS = ("arithmetic", "exponential", "trigonometric", "activations", "selection")
"""Modules of operations, in the order in which they are learned."""


def local_derivative_table(*names: str) -> Table:
    """Each elementwise operation with its formula and its local derivatives, as the registry has them.

    The last column says what the VJP gives where an operation has a value but its formula no derivative.

    Args:
        names: operations by their names in the registry, in the order of the rows; all of them if there are none.

    >>> local_derivative_table("add", "power", "abs")
    Operations and their local gradients
    ──────────────────────────────────────────────────────────────────────────────────
    Operation        Formula     Local gradients         At exceptional points
    ──────────────────────────────────────────────────────────────────────────────────
    addition         y = a + b   ∂y/∂a = 1
                                 ∂y/∂b = 1
    power            y = a^b     ∂y/∂a = b · a^(b − 1)   ∂y/∂a = ∞ where a = 0 < b < 1
                                 ∂y/∂b = y · ln a        ∂y/∂b = 0 where a = 0 ≤ b
                                                         ∂y/∂b = NaN where a < 0
    absolute value   y = |x|     dy/dx = sgn x           dy/dx = 0 where x = 0
    ──────────────────────────────────────────────────────────────────────────────────

    Raises:
        ValueError: there is no such operation, or its local derivatives are not factors (as of a matrix product).

    """
    operations = _chosen(names)
    heads = [Column("operation"), Column("formula"), Column("local")]
    rows: list[list[Cell]] = [[_name(o), _formula(o), _local(o)] for o in operations]
    if any(o.conventions for o in operations):
        heads.append(Column("convention"))
        rows = [[*row, _conventions(o)] for row, o in zip(rows, operations, strict=True)]
    brackets = any("[" in template for o in operations for template in o.local_latex.values())
    return Table("locals", "", heads, rows, "table.brackets" if brackets else None)


def _chosen(names: tuple[str, ...]) -> list[type[Operation]]:
    known = {name: operation for name, operation in REGISTRY.items() if operation.local_latex}
    for name in names:
        if name not in known:
            problem = "is not elementwise" if name in REGISTRY else "does not exist"
            raise ValueError(f"the operation {name!r} {problem}; there are {', '.join(sorted(known))}")
    return [known[name] for name in names] if names else sorted(known.values(), key=_topic)


def _topic(operation: type[Operation]) -> int:
    topic = operation.__module__.rpartition(".")[2]
    return _TOPICS.index(topic) if topic in _TOPICS else len(_TOPICS)


def _name(operation: type[Operation]) -> Word:
    return Word(f"operation.{operation.name}", otherwise=operation.name)


def _formula(operation: type[Operation]) -> str:
    sides = ["y", operation.latex, operation.definition]
    return " = ".join(_letters(side) for side in sides if side)


def _local(operation: type[Operation]) -> list[str]:
    return [f"{_derivative(operation, x)} = {_letters(latex)}" for x, latex in operation.local_latex.items()]


def _conventions(operation: type[Operation]) -> list[Word]:
    lines = []
    for where, values in operation.conventions.items():
        for x, value in values.items():
            taken = f"{_derivative(operation, x)} = {_letters(value)}"
            lines.append(Word("table.taken", {"derivative": taken, "where": _letters(where)}))
    return lines


def _derivative(operation: type[Operation], operand: str) -> str:
    return derivative_latex("y", _letters(f"<{operand}>"), one_variable=len(operation.arguments) == 1)


def _letters(template: str) -> str:
    """A template with operands and parameters by their own names: alpha as a Greek letter, slope as a word."""
    return re.sub(r"<(\w+)>", lambda match: Name.parse(match[1]).latex, template)
