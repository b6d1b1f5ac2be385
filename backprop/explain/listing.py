"""A computational graph as an indented list: a figure for the terminal."""

from collections.abc import Iterator

from .diagram import compact, gradient_text
from .formulas import localise, operation_latex
from .grouping import Group, group_edges
from .mathtext import to_text
from .moment import Moment
from .notation import gradient_latex
from .trace import Node


def listing(moment: Moment, values: bool, gradients: bool, language: str) -> str:
    """The output first, and below each node its operands; a node that is used again is marked with ↑.

    Values stand after the formulas, gradients in a column of their own.
    """
    rows = [(mark + _node(node, moment, values, language, seen), "" if seen else _gradient(node, moment, gradients))
            for mark, node, seen in _walk(moment.trace.output)]  # fmt: skip
    width = max(len(row) for row, _ in rows)
    return "\n".join(f"{row:{width}}   {gradient}".rstrip() for row, gradient in rows)


def group_listing(groups: list[Group], language: str) -> str:
    """Each group with its operations, and where its inputs come from."""
    titles = {group.key: group.title for group in groups}
    sources: dict[str, list[str]] = {}
    for source, target in group_edges(groups):
        sources.setdefault(target, []).append(titles[source])
    lines = []
    for group in groups:
        arrow = f" ← {', '.join(sources[group.key])}" if group.key in sources else ""
        summary = group.summary(language)
        lines.append(group.title + (f": {summary}" if summary else "") + arrow)
    return "\n".join(lines)


def _walk(output: Node) -> Iterator[tuple[str, Node, bool]]:
    """Every edge once, depth first: the branches drawn before a node, the node, and whether it came before."""
    visited: set[Node] = set()
    stack = [("", "", output)]
    while stack:
        before, mark, node = stack.pop()
        yield before + mark, node, node in visited
        if node in visited or node.operation is None:
            continue
        visited.add(node)
        inner = before + {"": "", "├─ ": "│  ", "└─ ": "   "}[mark]
        operands = [x for x in node.operands if x.kind != "constant"]
        branches = ["├─ "] * (len(operands) - 1) + ["└─ "]
        stack.extend(reversed([(inner, branch, x) for branch, x in zip(branches, operands, strict=False)]))


def _node(node: Node, moment: Moment, values: bool, language: str, seen: bool) -> str:
    text = node.name.text
    if seen:
        return f"{text} ↑"
    if node.operation is not None:
        text += f" = {to_text(localise(operation_latex(node).latex, language))}"
    known = values and moment.has_value(node)
    mark = " ◀" if moment.state(node) == "current" else ""
    return text + (f" = {compact(node.value)}" if known else "") + mark


def _gradient(node: Node, moment: Moment, gradients: bool) -> str:
    gradient = moment.gradients.get(node) if gradients else None
    if gradient is None:
        return ""
    return f"{to_text(gradient_latex(moment.trace, node))} = {gradient_text(gradient, moment.is_complete(node))}"
