"""The diagram of a trace: a shape for every node, a label for every value, a wire for every edge."""

from collections.abc import Sequence

from .diagram import (
    NODE_HEIGHT,
    Diagram,
    Line,
    Shape,
    compact,
    folded_constant,
    gradient_text,
    label_shape,
    local_line,
    operation_symbol,
    pill,
    text_width,
    value_lines,
)
from .moment import Moment
from .trace import Node, Trace, is_scalar


class Construction:
    """Builds a diagram; labels get the size of all that a later step will write there, so that nothing moves."""

    def __init__(self, moment: Moment, values: bool, gradients: bool, locals_: bool, language: str) -> None:
        self.trace: Trace = moment.trace
        self.now, self.language = moment, language
        self.values, self.gradients, self.locals = values, gradients, locals_
        # The steps of both passes have the same layout, if there is a backward pass.
        both = gradients or locals_ or (moment.step is not None and self.trace.is_differentiable)
        self.finally_ = Moment(self.trace, gradients=both)
        self.diagram = Diagram()
        folded = {folded_constant(node) for node in self.trace.steps}
        for node in self.trace.nodes:
            if node not in folded:
                self._add(node)
        for node in self.trace.nodes:
            if node not in folded:
                self._connect(node)

    def _add(self, node: Node) -> None:
        state = self.now.state(node)
        data: dict[str, object] = {"node": node.index}
        key = f"n{node.index}"
        if node.kind == "computed":
            if self.now.step == ("backward", 0):
                state = ""  # the pass starts at the output, and not yet at the operation
            data |= {"name": node.key, "forward": node.step}
            text = operation_symbol(node, self.language)
            width = max(NODE_HEIGHT, text_width(text, 17) + 16)
            self.diagram.add(Shape(key, "operation", width, NODE_HEIGHT, state, text=text, data=data))
        elif node.kind == "input":
            self.diagram.add(pill(key, "input", node, state))
        else:
            text = compact(node.value) if is_scalar(node.value) else "×".join(map(str, node.shape))
            self.diagram.add(Shape(key, "constant", text_width(text) + 18, 30, state, text=text, data=data))

    def _connect(self, node: Node) -> None:
        """The stem that leaves a node with its value, and its branches."""
        state = self.now.state(node)
        start, stem = f"n{node.index}", self._stem_label(node)
        states = [self.now.edge_state(user, position) for user, position in node.uses]
        if stem is not None:
            self.diagram.add(stem)
            self.diagram.connect(start, stem.key, "current" if "current" in states else state)
            start = stem.key
        if node is self.trace.output:
            self.diagram.add(pill("output", "output", node, state))
            self.diagram.connect(start, "output", state)
        for (user, position), edge_state in zip(node.uses, states, strict=True):
            source = start
            branch = self._branch_label(node, user, position)
            edge = {"from": node.index, "to": user.index, "operand": position}
            if branch is not None:
                self.diagram.add(branch)
                self.diagram.connect(source, branch.key, edge_state, **edge)
                source = branch.key
            self.diagram.connect(source, f"n{user.index}", edge_state, **edge)

    def _stem_label(self, node: Node) -> Shape | None:
        """What is written on the edge out of a node: its name and value above, its gradient below."""
        if node.kind == "constant":
            return None
        given = node.tensor is not None and node.tensor.name is not None
        name = node.name if node.kind == "computed" and node is not self.trace.output else None
        above: Sequence[Line] = [Line("value", name)] if name and (given or self.values) else []
        full_above, below, full_below = above, [], []
        if self.values:
            full_above = list(value_lines("value", name, node.value))
            above = full_above if self.now.has_value(node) else above
        if self.gradients or self.now.step:
            full_below = self._widest_gradient(node)
            below = self._gradient(node, self.now) if self.gradients else []
        if self.locals and len(node.uses) == 1 and (local := self._local(*node.uses[0])):
            full_below, below = [*full_below, local], [*below, local]
        if not full_above and not full_below:
            return None
        shape = label_shape(f"s{node.index}", full_above, full_below, self.now.state(node), node=node.index)
        shape.above, shape.below = above, below
        return shape

    def _gradient(self, node: Node, moment: Moment) -> list[Line]:
        gradient = moment.gradients.get(node)
        return [] if gradient is None else [Line("gradient", None, gradient_text(gradient, moment.is_complete(node)))]

    def _widest_gradient(self, node: Node) -> list[Line]:
        """The longest of what stands there, step by step."""
        lines = self._gradient(node, self.finally_)
        if lines and self.now.step is not None:
            partial = (c.total for c in self.trace.contributions if c.operand is node)
            lines += [Line("gradient", None, gradient_text(total, complete=False)) for total in list(partial)[:-1]]
        return [max(lines, key=lambda line: line.width)] if lines else []

    def _local(self, user: Node, position: int) -> Line | None:
        contribution = self.finally_.contributions.get((user, position))
        return None if contribution is None else local_line(self.trace, contribution)

    def _branch_label(self, node: Node, user: Node, position: int) -> Shape | None:
        """What is written on one of several branches: the local derivative above, the contribution below."""
        if len(node.uses) == 1:
            return None
        key, data = f"b{user.index}-{position}", f"{user.index}-{position}"
        final = self.finally_.contributions.get((user, position))
        reached = self.gradients and (user, position) in self.now.contributions
        local = self._local(user, position) if self.locals else None
        above = [] if local is None else [local]
        below = []
        if final is not None and (self.gradients or self.now.step is not None):
            below = [Line("gradient", None, compact(final.value))]
        if not above and not below:
            # Room for the two edges from one node to the same other one to be seen apart.
            return Shape(key, "label", 8, 12) if user.operands.count(node) > 1 else None
        shape = label_shape(key, above, below, "", edge=data)
        shape.below = below if reached else []
        return shape
