"""A moment of the two passes: what has been computed by then, what is being computed, what is still to come."""

from functools import cached_property
from typing import Any, Literal, TypeAlias

from .trace import Contribution, Node, Trace

State: TypeAlias = Literal["", "current", "pending"]
Step: TypeAlias = tuple[Literal["forward", "backward"], int]


class Moment:
    """The state of a trace after one step of a pass, or after both passes if `step` is None.

    Args:
        trace: whose passes.
        step: `("forward", k)` or `("backward", k)`; step 0 is the start: the inputs, or the gradient of the output.
        gradients: whether the backward pass is asked for at all.

    Raises:
        ValueError: there is no such pass or no such step.

    """

    def __init__(self, trace: Trace, step: Step | None = None, gradients: bool = False) -> None:
        self.trace, self.step = trace, step
        if step is not None:
            self._check(step)
        self.passing = step[0] if step else ""
        self.number = step[1] if step else 0
        self._after = (
            step[1] if step and step[0] == "backward" else trace.backward_steps if gradients and not step else -1
        )

    def _check(self, step: Step) -> None:
        passing, number = step
        if passing not in ("forward", "backward"):
            raise ValueError(f'step is ("forward", k) or ("backward", k), not ({passing!r}, {number!r})')
        if not 0 <= number <= self.steps_of(passing):
            raise ValueError(
                f"the {passing} pass has the steps 0 to {self.steps_of(passing)}; there is no step {number}"
            )

    def steps_of(self, passing: str) -> int:
        """How many steps a pass has, after the start."""
        return len(self.trace.steps) if passing == "forward" else self.trace.backward_steps

    @cached_property
    def gradients(self) -> dict[Node, Any]:
        """The gradients as they stand; of a node that is not complete, the sum so far."""
        return self.trace.gradients_after(self._after) if self._after >= 0 else {}

    def is_complete(self, node: Node) -> bool:
        """Whether all that contributes to the gradient of the node has arrived."""
        last = self.trace.last_contributions.get(node)
        return last is None or last.step <= self._after

    @cached_property
    def contributions(self) -> dict[tuple[Node, int], Contribution]:
        """What has flowed back along each edge: (node, operand) to contribution."""
        reached = (c for c in self.trace.contributions if c.step <= self._after) if self._after >= 0 else ()
        return {(c.node, c.position): c for c in reached}

    def has_value(self, node: Node) -> bool:
        """Whether the node has been computed."""
        return self.passing != "forward" or node.step <= self.number

    def state(self, node: Node) -> State:
        """Of a node: computed in this step, computed before, or still to come."""
        if self.passing == "forward":
            return "current" if node.step == self.number else "" if self.has_value(node) else "pending"
        if self.passing == "backward":
            current = node is self.trace.output if self.number == 0 else node is self._node_passing_back
            return "current" if current else ""
        return ""

    def edge_state(self, node: Node, position: int) -> State:
        """Of the edge from an operand to a node: along it something flows in this step, or has, or has yet to."""
        if self.passing == "forward":
            return self.state(node)
        if self.passing == "backward":
            contribution = self.contributions.get((node, position))
            return "current" if contribution is not None and contribution.step == self.number else ""
        return ""

    @cached_property
    def _node_passing_back(self) -> Node | None:
        return next((c.node for c in self.trace.contributions if c.step == self.number), None)
