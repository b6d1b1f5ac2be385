"""Large graphs in groups: by layer where the names of parameters tell, such as `layers.0.weight`, else by depth."""

from dataclasses import dataclass, field

from .diagram import LINE_HEIGHT, Diagram, Line, Shape, label_shape, pill, shortened, symbol_of, text_width, value_lines
from .names import Name
from .numbers import format_shape
from .trace import Node, Trace

LARGEST_GRAPH = 40
"""Number of nodes, constants aside, up to which every node is drawn."""


@dataclass(eq=False, slots=True)
class Group:
    """Nodes that are drawn as one."""

    key: str
    title: str
    nodes: list[Node] = field(default_factory=list)

    @property
    def is_input(self) -> bool:
        """Whether nothing in it is computed."""
        return all(node.kind != "computed" for node in self.nodes)

    def summary(self, language: str) -> str:
        """The symbols of its operations; of inputs, how many there are; of a single array, the shape."""
        symbols = dict.fromkeys(
            symbol_of(node.operation, language) for node in self.nodes if node.operation is not None
        )
        if symbols:
            return shortened(" ".join(symbols))
        return str(len(self.nodes)) if len(self.nodes) > 1 else format_shape(self.nodes[0].shape)


def group_nodes(trace: Trace) -> list[Group] | None:
    """The groups of a large graph, in topological order; None if the graph is small enough to be drawn whole."""
    nodes = [node for node in trace.nodes if node.kind != "constant"]
    if len(nodes) <= LARGEST_GRAPH:
        return None
    keys = _by_prefix(nodes)
    named = any(map(_prefix, trace.inputs)) and len(set(keys.values())) <= LARGEST_GRAPH
    order = _in_order(keys) if named else None
    if order is None:
        keys = _by_depth(nodes)
        order = _in_order(keys)
        assert order is not None  # edges only lead deeper
    groups = {key: Group(f"g{i}", key.partition("|")[2] or key) for i, key in enumerate(order)}
    for node in nodes:
        groups[keys[node]].nodes.append(node)
    return list(groups.values())


def group_edges(groups: list[Group]) -> dict[tuple[str, str], list[Node]]:
    """The edges between groups: keys of source and target to the nodes whose values flow there."""
    group_of = {node: group.key for group in groups for node in group.nodes}
    edges: dict[tuple[str, str], list[Node]] = {}
    for group in groups:
        for node in group.nodes:
            for target in dict.fromkeys(group_of[user] for user, _ in node.uses):
                if target != group.key:
                    edges.setdefault((group.key, target), []).append(node)
    return edges


def grouped_diagram(trace: Trace, groups: list[Group], language: str) -> Diagram:
    """A diagram with one shape for each group; on the edges, shapes of arrays or how many values flow."""
    diagram = Diagram()
    for group in groups:
        single = group.nodes[0] if len(group.nodes) == 1 and group.is_input else None
        if single is not None:
            shape = pill(group.key, "input", single)
        else:
            title, summary = shortened(group.title), group.summary(language)
            width = max(text_width(title), text_width(summary, 13)) + 20
            shape = Shape(
                group.key, "group", width, 2 * LINE_HEIGHT + 12, text=title, below=[Line("summary", None, summary)]
            )
            shape.data = {"nodes": len(group.nodes)}
        diagram.add(shape)
    for (source, target), nodes in group_edges(groups).items():
        shapes = {node.shape for node in nodes}
        text = (
            format_shape(shapes.pop())
            if len(nodes) == 1 and shapes != {()}
            else str(len(nodes))
            if len(nodes) > 1
            else ""
        )
        if text:
            middle = diagram.add(label_shape(f"e{source}{target}", [Line("shape", None, text)], [], ""))
            diagram.connect(source, middle, "")
            source = middle
        diagram.connect(source, target, "")
    value = list(value_lines("value", None, trace.output.value))
    middle = diagram.add(label_shape("result", value, [], ""))
    end = diagram.add(pill("output", "output", trace.output))
    diagram.connect(next(g.key for g in groups if trace.output in g.nodes), middle, "")
    diagram.connect(middle, end, "")
    return diagram


def _by_prefix(nodes: list[Node]) -> dict[Node, str]:
    """Group parameters by layer; an operation goes with its parameters.

    An operation without parameters, such as an activation, stays with the operand computed last. Inputs that
    belong to no layer stand alone.
    """
    keys: dict[Node, str] = {}
    for node in nodes:
        if node.kind == "input":
            keys[node] = _prefix(node) or f"|{node.key}"
        else:
            own = [keys[x] for x in node.operands if x.kind == "input" and _prefix(x)]
            computed = [x for x in node.operands if x.kind == "computed"]
            inherited = keys[max(computed, key=lambda x: x.step)] if computed else f"|{node.key}"
            keys[node] = own[-1] if own else inherited
    return keys


def _prefix(node: Node) -> str:
    """The layer that a name tells: `layers.0` of `layers.0.weight`, `(1)` of `w^(1)_11`, or nothing."""
    return node.key.rpartition(".")[0] or node.name.above


def _by_depth(nodes: list[Node]) -> dict[Node, str]:
    """Group inputs by the letter of their names, operations by kind and depth; bands of depth if those are too many."""
    depth: dict[Node, int] = {}
    for node in nodes:
        depth[node] = 1 + max((depth[x] for x in node.operands if x in depth), default=-1)
    keys = {
        node: f"|{node.name.base}" if node.operation is None else f"{depth[node]}|{node.operation.symbol}"
        for node in nodes
    }
    if len(set(keys.values())) <= LARGEST_GRAPH:
        return keys
    deepest = max(depth.values())
    bands = max(1, -(-deepest // (LARGEST_GRAPH // 4)))
    inputs = sum(node.kind == "input" for node in nodes)
    for node in nodes:
        first = (depth[node] - 1) // bands * bands + 1
        band = f"{first}|{first}–{min(first + bands - 1, deepest)}"
        keys[node] = band if node.operation is not None else f"|{Name.parse(node.key).base}" if inputs < 5 else "|…"
    return keys


def _in_order(keys: dict[Node, str]) -> list[str] | None:
    """The keys of groups so that each comes after those it depends on; None if groups depend on each other."""
    before: dict[str, set[str]] = {key: set() for key in keys.values()}
    for node, key in keys.items():
        before[key] |= {keys[x] for x in node.operands if x in keys and keys[x] != key}
    order: list[str] = []
    while ready := [key for key, needed in before.items() if needed <= set(order)]:
        order += ready
        for key in ready:
            del before[key]
    return None if before else order
