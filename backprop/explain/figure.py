"""The computational graph of a trace as a figure: structure, values, gradients, or one step of a pass."""

from dataclasses import dataclass
from functools import cached_property
from html import escape

from ..tensor import Tensor
from .construction import Construction
from .describe import describe, describe_groups, title
from .display import View
from .drawing import draw
from .grouping import Group, group_nodes, grouped_diagram
from .labels import label, resolve_language
from .layout import lay_out
from .listing import group_listing, listing
from .moment import Moment, Step
from .trace import Trace, as_trace


@dataclass(frozen=True, repr=False)
class Figure(View):
    """See `figure`."""

    trace: Trace
    values: bool
    gradients: bool
    locals: bool
    step: Step | None
    caption: str | None

    def text(self, language: str | None = None) -> str:
        """An indented listing of the graph, from the output to the inputs."""
        language = resolve_language(language)
        head = title(self._moment, self.values, self.gradients, language)
        if self._groups is None:
            return f"{head}\n{listing(self._moment, self.values, self.gradients, language)}"
        return f"{head}\n{self._grouped(language)}\n{group_listing(self._groups, language)}"

    def svg(self, language: str | None = None) -> str:
        """The figure as an SVG element.

        Raises:
            ImportError: pygraphviz is missing; the message names the extra that brings it.

        """
        language = resolve_language(language)
        moment, groups = self._moment, self._groups
        if groups is None:
            diagram = Construction(moment, self.values, self.gradients, self.locals, language).diagram
            description = describe(moment, self.values, self.gradients, language)
        else:
            diagram = grouped_diagram(self.trace, groups, language)
            description = describe_groups(moment, groups, language)
        shown = {"value": self.values, "gradient": self.gradients, "local": self.locals} if groups is None else {}
        legend = [(kind, label(f"figure.{kind}", language)) for kind, present in shown.items() if present]
        layout = lay_out(tuple(shape.box for shape in diagram.shapes.values()), diagram.links)
        head = title(moment, self.values, self.gradients, language)
        return draw(diagram, layout, head, description, legend, moment.passing, language)

    def html(self, language: str | None = None) -> str:
        """The figure with its caption, if there is one; it scrolls sideways where it would be too small to read."""
        language = resolve_language(language)
        notes = [escape(self.caption)] if self.caption else []
        if self._groups is not None:
            notes.append(self._grouped(language))
        caption = f"<figcaption>{' '.join(notes)}</figcaption>" if notes else ""
        scroll = '<div class="bp-scroll" style="overflow-x:auto" tabindex="0">'
        return f'<figure class="bp-figure">{scroll}{self.svg(language)}</div>{caption}</figure>'

    def _repr_svg_(self) -> str:
        return self.svg()

    @cached_property
    def _moment(self) -> Moment:
        return Moment(self.trace, self.step, self.gradients)

    @cached_property
    def _groups(self) -> list[Group] | None:
        return group_nodes(self.trace)

    def _grouped(self, language: str) -> str:
        assert self._groups is not None
        return label("figure.grouped", language, nodes=len(self.trace.nodes), groups=len(self._groups))


def figure(
    output: Trace | Tensor,
    *,
    values: bool = False,
    gradients: bool = False,
    locals: bool = False,  # noqa: A002 (what it shows)
    step: Step | None = None,
    caption: str | None = None,
) -> Figure:
    """Draw the computational graph.

    Args:
        output: a trace or an output tensor.
        values: write every value on the edge that carries it.
        gradients: write gradients below the values (which are then shown too); where a node is used more than
            once, what each use contributes, and their sum.
        locals: write local derivatives on the edges.
        step: `("forward", k)` or `("backward", k)`: what is known after that step of a pass, with what the step
            does highlighted. Step 0 is the start. All steps have the same layout.
        caption: a sentence below the figure.

    A graph of more than 40 nodes is drawn in groups, and the caption says so.

    Raises:
        ValueError: there is no such step.
        GraphError: gradients are asked for, and the output is not a scalar.

    >>> x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    >>> figure(((x + y).named("p") * z).named("g"), gradients=True)
    Computational graph of g, with values and gradients
    g = p · z = −12    ∂g/∂g = 1
    ├─ p = x + y = 4   ∂g/∂p = −3
    │  ├─ x = 1        ∂g/∂x = −3
    │  └─ y = 3        ∂g/∂y = −3
    └─ z = −3          ∂g/∂z = 4

    """
    trace = as_trace(output)
    if step is not None:
        values = True
        gradients = step[0] == "backward"
    result = Figure(trace, values or gradients, gradients, locals, step, caption)
    # What is wrong is reported here, and not where the figure is shown.
    _ = result._moment, trace.seed if locals else None
    return result
