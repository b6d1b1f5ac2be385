"""What a screen reader says of a figure, in sentences of the reader's language."""

from collections.abc import Sequence

from .diagram import compact
from .grouping import Group, group_edges
from .labels import label
from .moment import Moment
from .spoken import spoken
from .trace import Node
from .wording import paragraph


def title(moment: Moment, values: bool, gradients: bool, language: str) -> str:
    """The title of a figure: what it shows, and which step."""
    output = moment.trace.output.name.text
    if moment.step:
        passing, step = moment.step
        return label(f"figure.{passing}", language, output=output, step=step, steps=moment.steps_of(passing))
    kind = "gradients" if gradients else "values" if values else "structure"
    return label(f"figure.{kind}", language, output=output)


def describe(moment: Moment, values: bool, gradients: bool, language: str) -> str:
    """Every node with its operation and operands, and what the figure shows of values and gradients."""
    separator = label("list.separator", language)

    def called(node: Node) -> str:
        if node.kind == "constant":
            return compact(node.value)
        known = values and moment.has_value(node)
        return f"{node.name.text} = {compact(node.value)}" if known else node.name.text

    def plainly(node: Node) -> str:
        return compact(node.value) if node.kind == "constant" else node.name.text

    trace = moment.trace
    sentences = [label("figure.inputs", language, inputs=separator.join(map(called, trace.inputs)))]
    for node in trace.steps:
        assert node.operation is not None
        words = spoken(node.operation, list(map(plainly, node.operands)), language)
        sentences.append(label("figure.result", language, node=called(node), spoken=words))
    sentences.append(label("figure.output", language, output=called(trace.output)))
    if gradients and moment.gradients:
        found: dict[bool, list[str]] = {True: [], False: []}
        for node, gradient in moment.gradients.items():
            if gradient is not None:
                found[moment.is_complete(node)].append(f"{node.name.text} {compact(gradient)}")
        sentences.append(label("figure.derivatives", language, gradients=separator.join(found[True])))
        if found[False]:
            sentences.append(label("figure.sums", language, sums=separator.join(found[False])))
    return paragraph(sentences)


def describe_groups(moment: Moment, groups: Sequence[Group], language: str) -> str:
    """Every group with its size and with the groups it depends on."""
    separator = label("list.separator", language)
    titles = {group.key: group.title for group in groups}
    sources: dict[str, list[str]] = {}
    for source, target in group_edges(list(groups)):
        sources.setdefault(target, []).append(titles[source])
    sentences = [label("figure.grouped", language, nodes=len(moment.trace.nodes), groups=len(groups))]
    for group in groups:
        names = separator.join(sources.get(group.key, []))
        key = "figure.group" if names else "figure.source"
        sentences.append(label(key, language, group=group.title, nodes=len(group.nodes), inputs=names))
    sentences.append(label("figure.output", language, output=moment.trace.output.name.text))
    return paragraph(sentences)
