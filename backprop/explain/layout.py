"""Positions and curves of a layered graph, left to right, from Graphviz.

Graphviz only decides where things go. Sizes are given to it, because the width of a text depends on the
reader's fonts; drawing is done elsewhere.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

Point: TypeAlias = tuple[float, float]

POINTS_PER_INCH = 72
LAYER_GAP = 16
"""Between layers where edges have labels, which are layers of their own."""
WIDE_LAYER_GAP = 34
"""Between layers where most edges have none."""
ROW_GAP = 14
LARGEST_ORDERED = 60
"""Number of boxes up to which Graphviz is asked to keep the operands of a node in their order, top to bottom."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something with a place: width and height in pixels; round things are circles."""

    key: str
    width: float
    height: float
    round: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A curve between two boxes. Where a box is only passed through, curves end at the middle of its sides."""

    key: str
    source: str
    target: str
    from_side: bool = False
    to_side: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is: y grows downwards; a curve is its start and then three points for each Bézier piece."""

    width: float
    height: float
    centers: dict[str, Point]
    curves: dict[str, tuple[Point, ...]]


@lru_cache(maxsize=64)
def lay_out(boxes: tuple[Box, ...], links: tuple[Link, ...]) -> Layout:
    """Place boxes and links in layers from left to right; the same input always gives the same output.

    Raises:
        ImportError: pygraphviz is missing; the message names the extra that brings it.

    """
    graph = _graphviz().AGraph(strict=False, directed=True)
    labelled = sum(link.to_side for link in links) >= len(links) / 3
    gap = LAYER_GAP if labelled else WIDE_LAYER_GAP
    graph.graph_attr.update(rankdir="LR", ranksep=gap / POINTS_PER_INCH, nodesep=ROW_GAP / POINTS_PER_INCH)
    if len(boxes) <= LARGEST_ORDERED:
        graph.graph_attr.update(ordering="in")
    for box in boxes:
        graph.add_node(
            box.key,
            shape="circle" if box.round else "box",
            fixedsize=True,
            label="",
            width=box.width / POINTS_PER_INCH,
            height=box.height / POINTS_PER_INCH,
        )
    for link in links:
        ports = {"tailport": "e"} if link.from_side else {}
        ports |= {"headport": "w"} if link.to_side else {}
        graph.add_edge(link.source, link.target, key=link.key, arrowhead="none", **ports)
    graph.layout("dot")
    _, _, width, height = map(float, graph.graph_attr["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")
        return round(float(x), 1), round(height - float(y), 1)

    centers = {box.key: point(graph.get_node(box.key).attr["pos"]) for box in boxes}
    curves = {
        link.key: tuple(map(point, graph.get_edge(link.source, link.target, link.key).attr["pos"].split()))
        for link in links
    }
    return Layout(width, height, centers, curves)


def _graphviz() -> Any:
    try:
        import pygraphviz  # type: ignore[import-untyped]
    except ImportError:
        raise ImportError(
            'figures are laid out by Graphviz: python -m pip install "backprop-tutorial[docs]". '
            "Without it, figure(…).text() and the tables work"
        ) from None
    return pygraphviz
