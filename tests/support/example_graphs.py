"""The graphs whose gradients an example file shows: the file is run once, and every view and backward pass noted."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from runpy import run_path
from types import FrameType
from typing import Any
from unittest.mock import patch

import backprop.explain
from backprop import Tensor
from backprop.errors import GraphError
from backprop.explain.derivation import Derivation
from backprop.explain.display import View, collecting
from backprop.explain.figure import Figure
from backprop.explain.trace import Trace, as_trace


@dataclass
class Graph:
    """A graph, and the indices of the nodes whose gradients are shown besides those of the inputs."""

    trace: Trace
    section: str
    """The section of the file that shows it first."""
    shown: set[int] = field(default_factory=set)


@dataclass
class _Notes:
    path: Path
    graphs: dict[Any, Graph] = field(default_factory=dict)
    tables: list[tuple[View, Trace, bool]] = field(default_factory=list)
    loops: set[Any] = field(default_factory=set)

    def note(self, trace: Trace, shown: set[int]) -> None:
        """Add a graph, or what is shown of one that is already there: the same operations on the same numbers."""
        operands = {node: tuple(x.index for x in node.operands) for node in trace.nodes}
        key = tuple((repr(n.operation), operands[n], repr(n.value)) for n in trace.nodes), repr(trace.seed)
        if key not in self.graphs:
            self.graphs[key] = Graph(trace, self.section())
        self.graphs[key].shown.update(shown)

    def lines(self) -> tuple[int, ...]:
        """The lines of the file that are being executed, the innermost first."""
        return tuple(f.f_lineno for f in _frames(sys._getframe()) if f.f_code.co_filename == str(self.path))

    def section(self) -> str:
        """The section of the file that is being executed."""
        before = self.path.read_text("utf-8").splitlines()[: self.lines()[-1]]
        marks = [mark for line in before for mark in re.findall(r"--8<-- \[start:(\S+)\]", line)]
        return marks[-1] if marks else ""

    def view(self, view: View) -> None:
        """Note the graph of a shown view; that of a table is known from when the table was made."""
        for table, trace, everything in self.tables:
            if table is view:
                self.note(trace, _all(trace) if everything else set())
        if isinstance(view, Derivation):
            self.note(view.trace, {view.node.index})
        elif isinstance(view, Figure) and not (view.gradients or view.locals):
            return
        elif isinstance(trace := getattr(view, "trace", None), Trace):
            self.note(trace, _all(trace))

    def table(self, make: Callable[[Any], View], everything: bool) -> Callable[[Any], View]:
        """The function that makes a table, which then also notes of what it was made."""

        def noting(output: Trace | Tensor) -> View:
            trace = as_trace(output)
            self.tables.append((make(trace), trace, everything))
            return self.tables[-1][0]

        return noting

    def backward(self, root: Tensor, seed: Any, frame: FrameType) -> None:
        """Note the graph of a backward pass that the file asks for; of those in a loop the first."""
        lines = self.lines()
        if frame.f_code.co_filename != str(self.path) or lines in self.loops:
            return
        self.loops.add(lines)
        try:
            trace = Trace(root, seed)
            _ = trace.contributions
        except GraphError:  # the file shows what is refused
            return
        self.note(trace, set())


def _all(trace: Trace) -> set[int]:
    return {node.index for node in trace.nodes}


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


@cache
def example_graphs(path: Path) -> tuple[Graph, ...]:
    """Run an example file, and give every graph of which it shows gradients or calls `backward()`."""
    notes, original = _Notes(path), Tensor.backward

    def backward(self: Tensor, seed: Any = None) -> None:
        notes.backward(self, seed, sys._getframe(1))
        original(self, seed)

    with ExitStack() as stack:
        for name, everything in (("backward_table", True), ("check_table", False)):
            noting = notes.table(getattr(backprop.explain, name), everything)
            stack.enter_context(patch.object(backprop.explain, name, noting))
        stack.enter_context(patch.object(Tensor, "backward", backward))
        stack.enter_context(collecting(notes.view))
        stack.enter_context(redirect_stdout(StringIO()))
        run_path(str(path), run_name="__main__")
    return tuple(notes.graphs.values())
