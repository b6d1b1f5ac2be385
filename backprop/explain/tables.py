"""The tables of a trace: its forward pass, its backward pass, and a check of its gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor import Tensor
from .derivatives import central_differences, path_sum, relative_error
from .formulas import operation_latex
from .notation import gradient_latex, is_ambiguous, local_derivative_latex
from .numbers import format_factor, format_number, format_value, relation
from .table import Cell, Column, Table, Word
from .trace import Contribution, Node, Trace, as_trace, is_scalar

LARGEST_FACTOR = 4
"""Number of entries up to which a vector is written as a factor or a summand."""


def forward_table(output: Trace | Tensor) -> Table:
    """The forward pass: for each step the node, its operation, the values that enter and the one that leaves.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> forward_table(((x + y).named("p") * z).named("g"))
    Forward pass of g
    ──────────────────────────────────────────
    Step   Node   Operation   Operands   Value
    ──────────────────────────────────────────
       0   x      input                      1
       0   y      input                      3
       0   z      input                     −3
       1   p      x + y       1, 3           4
       2   g      p · z       4, −3        −12
    ──────────────────────────────────────────
    """
    trace = as_trace(output)
    rows: list[Sequence[Cell]] = [(0, node.name.latex, Word("table.input"), "", _value(node)) for node in trace.inputs]
    for node in trace.steps:
        entering = r",\ ".join(_entering(operand) for operand in node.operands)
        rows.append((node.step, node.name.latex, operation_latex(node).latex, entering, _value(node)))
    heads = (Column("step", True), Column("node"), Column("operation"), Column("inputs"), Column("value", True))
    return Table("forward", trace.output.name.latex, heads, rows)


def backward_table(output: Trace | Tensor) -> Table:
    """The backward pass: for each edge the upstream gradient times the local one, and the sum so far.

    The sum is the gradient of the operand when its last contribution has come, and is called so only then.

    >>> w, x = Tensor(2.0, "w"), Tensor(5.0, "x")
    >>> backward_table(((w * w).named("u") + (w * x).named("v")).named("q"))
    Backward pass of q
    ──────────────────────────────────────────────────────────────────
    Step   Node    Upstream × local = contribution   Sum so far
    ──────────────────────────────────────────────────────────────────
       0   q                                         ∂q/∂q = 1
       1   q → u   ∂q/∂q · ∂q/∂u = 1 · 1 = 1         ∂q/∂u = 1
       1   q → v   ∂q/∂q · ∂q/∂v = 1 · 1 = 1         ∂q/∂v = 1
       2   v → w   ∂q/∂v · ∂v/∂w = 1 · 5 = 5         5
       2   v → x   ∂q/∂v · ∂v/∂x = 1 · 2 = 2         ∂q/∂x = 2
       3   u → w   ∂q/∂u · ∂₁u = 1 · 2 = 2           5 + 2 = 7
       3   u → w   ∂q/∂u · ∂₂u = 1 · 2 = 2           ∂q/∂w = 7 + 2 = 9
    ──────────────────────────────────────────────────────────────────
    ∂₁, ∂₂, …: with respect to the first, second, … operand alone, where a value comes in repeatedly, also indirectly.

    Raises:
        GraphError: the output is not a scalar, and the trace has no seed.

    """
    trace = as_trace(output)
    start = f"{gradient_latex(trace, trace.output)} {relation(trace.seed)} {format_value(trace.seed, 'latex')}"
    rows: list[Sequence[Cell]] = [(0, trace.output.name.latex, "", start)]
    for c in trace.contributions:
        edge = rf"{c.node.name.latex} \to {c.operand.name.latex}"
        rows.append((c.step, edge, _contribution(trace, c), _total(trace, c)))
    heads = (Column("step", True), Column("node"), Column("contribution"), Column("total"))
    ambiguous = any(is_ambiguous(c.node, c.position) for c in trace.contributions)
    return Table("backward", trace.output.name.latex, heads, rows, "table.operands" if ambiguous else None)


def check_table(output: Trace | Tensor) -> Table:
    """The gradients of the inputs, found in three ways: as a sum over paths, in reverse mode, and numerically.

    The sum over paths is for graphs of numbers; with arrays that column is left out. The relative error compares
    reverse mode with central differences. Of a large array, 500 entries are compared.

    Raises:
        GraphError: the output is not a scalar, and the trace has no seed.

    """
    trace = as_trace(output)
    scalar = all(is_scalar(node.value) for node in trace.nodes)
    rows: list[Sequence[Cell]] = []
    for node in trace.inputs:
        gradient = trace.gradients.get(node)
        reverse = np.zeros(node.shape) if gradient is None else gradient  # no path: the derivative is 0
        numerical = central_differences(trace, node)
        paths = [format_value(path_sum(trace, node), "latex")] if scalar else []
        error = format_number(float(f"{relative_error(reverse, numerical):.1e}"), "latex")  # more digits are noise
        rows.append(
            (gradient_latex(trace, node), *paths, *(format_value(v, "latex") for v in (reverse, numerical)), error)
        )
    found = ("symbolic", "reverse", "numerical") if scalar else ("reverse", "numerical")
    heads = (Column("derivative"), *(Column(key, True) for key in (*found, "error")))
    return Table("check", trace.output.name.latex, heads, rows)


def _value(node: Node) -> str:
    return format_value(node.value, "latex")


def _entering(node: Node) -> str:
    """An operand: in full if it is a number or a vector; of a matrix the shape, for its row has its numbers."""
    return r"\times".join(map(str, node.shape)) if len(node.shape) > 1 else _value(node)


def _contribution(trace: Trace, c: Contribution) -> str:
    """Symbols first, numbers after: upstream · local = contribution."""
    times = r"\cdot" if is_scalar(c.upstream) or c.local is None else r"\odot"
    symbols = rf"{gradient_latex(trace, c.node)} {times} {local_derivative_latex(trace, c.node, c.position)}"
    factors = [c.upstream, c.local]
    if c.local is None or not all(_is_factor(factor, c.value) for factor in factors):
        return f"{symbols} {relation(c.value)} {format_value(c.value, 'latex')}"
    numbers = f" {times} ".join(format_factor(factor, "latex") for factor in factors)
    return f"{symbols} {relation(*factors)} {numbers} {relation(*factors, c.value)} {format_value(c.value, 'latex')}"


def _is_factor(factor: Any, value: Any) -> bool:
    """Whether it can be written in the product: short, and not summed afterwards because it was broadcast."""
    return np.ndim(factor) < 2 and int(np.size(factor)) <= LARGEST_FACTOR and np.shape(factor) == np.shape(value)


def _total(trace: Trace, c: Contribution) -> str:
    """The sum with what has just come; the last one is the derivative."""
    total, before = format_value(c.total, "latex"), ""
    shown = [c.total]
    if c.before is not None and _is_factor(c.before, c.total):
        shown = [c.before, c.value]
        before = f"{format_value(c.before, 'latex')} + {_summand(c.value)} {relation(*shown, c.total)} "
    last = c is trace.last_contributions[c.operand]
    derivative = f"{gradient_latex(trace, c.operand)} {relation(*shown)} " if last else ""
    return derivative + before + total


def _summand(value: Any) -> str:
    """A value after a plus sign: in brackets if it has a sign of its own."""
    latex = format_value(value, "latex")
    return f"({latex})" if latex.startswith("-") else latex
