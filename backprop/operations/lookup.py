"""Rows of a table chosen by whole numbers, and the adjoint: rows added up where they came from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .operation import Operation, Value


class Lookup(Operation):
    """Rows of a table: y = table[indices]. The indices are whole numbers, through which no gradient flows."""

    name, symbol = "lookup", "[i]"
    latex = r"<table>[<indices>]"
    vjp_latex = {"table": r"\operatorname{addrows}(<g>, <indices>)"}

    def forward(self, table: Value, indices: Value) -> Value:
        return np.take(table, indices, axis=0)

    def vjp_table(self, g: Value, y: Value, table: Value, indices: Value) -> Value:
        return AddRows(np.shape(table)[0])(g, indices)


@dataclass(eq=False, repr=False, slots=True)
class AddRows(Operation):
    """A table of zeros with the given rows added at the indices: a row chosen twice gets both."""

    count: int

    name, symbol = "add_rows", "Σ[i]"
    latex = r"\operatorname{addrows}(<rows>, <indices>)"
    vjp_latex = {"rows": "<g>[<indices>]"}

    def forward(self, rows: Value, indices: Value) -> Value:
        table = np.zeros((self.count, *np.shape(rows)[np.ndim(indices) :]), np.result_type(rows))
        np.add.at(table, indices, rows)
        return table

    def vjp_rows(self, g: Value, y: Value, rows: Value, indices: Value) -> Value:
        return _lookup(g, indices)


_lookup = Lookup()


def lookup(table: Value, indices: Any) -> Value:
    """Rows of a table, as an embedding layer takes them.

    Args:
        table: shape (count, …).
        indices: whole numbers from 0 to count - 1, of any shape.

    Returns:
        Shape (*shape of the indices, …).

    Raises:
        TypeError: the indices are not whole numbers.
        IndexError: an index is no row of the table.

    >>> lookup(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 1])
    array([[3., 4.],
           [3., 4.]])

    """
    if not hasattr(indices, "_apply"):
        indices = np.asarray(indices)
        if indices.dtype.kind not in "iu":
            raise TypeError(f"lookup: indices are whole numbers, not {indices.dtype}; convert them with .astype(int)")
        count = np.shape(table)[0]
        wrong = indices[(indices < 0) | (indices >= count)]
        if wrong.size:
            raise IndexError(f"lookup: index {wrong.flat[0]} is no row of a table of {count} rows")
    elif indices.dtype.kind not in "iu":
        raise TypeError("lookup: no gradient flows to the indices; give whole numbers, not a tensor")
    return _lookup(table, indices)
