"""A diagram with places, written as SVG: real text, classes for everything, colours from CSS variables.

No element has an id, so that any number of figures can stand on one page: the arrow heads are drawn, and the
title and the description are children of the figure they belong to.
"""

from collections.abc import Iterator
from html import escape
from math import hypot
from pathlib import Path

from .diagram import LINE_HEIGHT, Diagram, Line, Shape, Wire
from .layout import Layout, Point

STYLE = Path(__file__).with_name("figure.css").read_text("utf-8").replace("\n", "")

MARGIN = 8
LEGEND_HEIGHT = 24
ARROW_LENGTH = 9
ARROW_WIDTH = 8
SMALLEST_SCALE = 0.7
"""How far a figure may shrink to fit a narrow screen before it scrolls instead: 15 px text stays above 10 px."""


def draw(
    diagram: Diagram,
    layout: Layout,
    title: str,
    description: str,
    legend: list[tuple[str, str]],
    mode: str,
    language: str,
) -> str:
    """Write the SVG element.

    Args:
        diagram: what is drawn.
        layout: where it goes.
        title: accessible name, also shown when the pointer rests on the figure.
        description: what a screen reader says of it.
        legend: pairs of a class and a text.
        mode: class of the figure: `forward` or `backward` colours what is current; else empty.
        language: language of title and description.

    """
    top, bottom = _extent(diagram, layout)
    width, height = layout.width + 2 * MARGIN, bottom - top + 2 * MARGIN + LEGEND_HEIGHT * bool(legend)
    size = f"width:{width:.0f}px;max-width:100%;min-width:{SMALLEST_SCALE * width:.0f}px"
    classes = f"bp-graph bp-{mode}" if mode else "bp-graph"
    body = "".join(
        [
            f'<g class="bp-edges">{"".join(_wire(w, diagram, layout) for w in diagram.wires)}</g>',
            f'<g class="bp-nodes">{"".join(_node(s, layout) for s in diagram.shapes.values() if not s.is_label)}</g>',
            f'<g class="bp-labels">{"".join(_label(s, layout) for s in diagram.shapes.values() if s.is_label)}</g>',
        ]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" role="img" '
        f'lang="{language}" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'style="{size}" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc><style>{STYLE}</style>"
        f'<g transform="translate({MARGIN} {MARGIN - top:.1f})">{body}</g>{_legend(legend, height)}</svg>'
    )


def _extent(diagram: Diagram, layout: Layout) -> tuple[float, float]:
    """Top and bottom of what is drawn in any step, which leaves out what labels do not use of their place."""
    heights = [y for points in layout.curves.values() for _, y in points]
    for shape in diagram.shapes.values():
        y = layout.centers[shape.key][1]
        above, below = shape.room
        half = 0 if shape.is_label else shape.height / 2
        heights += [y - max(half, LINE_HEIGHT * above + 2), y + max(half, LINE_HEIGHT * below + 4)]
    return min(heights), max(heights)


def _wire(wire: Wire, diagram: Diagram, layout: Layout) -> str:
    points = list(layout.curves[wire.key])
    source, target = diagram.shapes[wire.source], diagram.shapes[wire.target]
    # Through a label the line is straight and level: the curves join it without a gap or a bend.
    if source.is_label:
        x, y = layout.centers[source.key]
        points[:2] = [(x + source.width / 2, y), (points[1][0], y)]
    if target.is_label:
        x, y = layout.centers[target.key]
        points[-2:] = [(points[-2][0], y), (x - target.width / 2, y)]
    head = ""
    if wire.arrow:
        head, points[-1] = _arrow(points[-2], points[-1])
    path = f"M{_xy(points[0])}C" + " ".join(map(_xy, points[1:]))
    if target.is_label:
        path += f"H{layout.centers[target.key][0] + target.width / 2:.1f}"
    return f'<g class="bp-edge{_state(wire.state)}"{_data(wire.data)}><path d="{path}"/>{head}</g>'


def _arrow(before: Point, tip: Point) -> tuple[str, Point]:
    """The head of an arrow as a polygon, and where the line under it ends."""
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    back = (tip[0] - ARROW_LENGTH * dx, tip[1] - ARROW_LENGTH * dy)
    half = ARROW_WIDTH / 2
    corners = (tip, (back[0] - half * dy, back[1] + half * dx), (back[0] + half * dy, back[1] - half * dx))
    return f'<polygon points="{" ".join(map(_xy, corners))}"/>', (
        tip[0] - 0.8 * ARROW_LENGTH * dx,
        tip[1] - 0.8 * ARROW_LENGTH * dy,
    )


def _node(shape: Shape, layout: Layout) -> str:
    x, y = layout.centers[shape.key]
    kind = f"bp-{shape.kind}" + (" bp-sign" if shape.text in ("+", "−", "×", "÷", "·", "@") else "")
    if shape.box.round:
        outline = f'<circle cx="{x}" cy="{y}" r="{shape.width / 2:g}"/>'
    else:
        radius = 8 if shape.kind in ("operation", "group", "constant") else shape.height / 2
        outline = (
            f'<rect x="{x - shape.width / 2:.1f}" y="{y - shape.height / 2:.1f}" width="{shape.width:.1f}" '
            f'height="{shape.height:.1f}" rx="{radius:g}"/>'
        )
    text = "".join(_node_text(shape, x, y))
    return f'<g class="bp-node {kind}{_state(shape.state)}"{_data(shape.data)}>{outline}{text}</g>'


def _node_text(shape: Shape, x: float, y: float) -> Iterator[str]:
    lines = [shape.name.svg if shape.name else escape(shape.text), *(escape(line.text) for line in shape.below)]
    # 0.34 em below the middle is where the baseline of figures and capitals belongs.
    size = 25 if shape.text in ("+", "−", "×", "÷", "·", "@") else 18
    top = y + (0.34 * size if len(lines) == 1 else 5 - LINE_HEIGHT * (len(lines) - 1) / 2)
    for i, line in enumerate(lines):
        yield f'<text x="{x}" y="{top + i * LINE_HEIGHT:.1f}">{line}</text>'


def _label(shape: Shape, layout: Layout) -> str:
    x, y = layout.centers[shape.key]
    texts = [_line(line, x, y - 7 - LINE_HEIGHT * i) for i, line in enumerate(reversed(shape.above))]
    texts += [_line(line, x, y + 18 + LINE_HEIGHT * i) for i, line in enumerate(shape.below)]
    if not texts:
        return ""
    return f'<g class="bp-label{_state(shape.state)}"{_data(shape.data)}>{"".join(texts)}</g>'


def _line(line: Line, x: float, y: float) -> str:
    name = line.name.svg if line.name else ""
    equals = " " if line.kind == "shape" else " = "
    equals = f'<tspan class="bp-equals">{equals}</tspan>' if name and line.text else ""
    return f'<text class="bp-{line.kind}" x="{x}" y="{y:.1f}">{name}{equals}{escape(line.text)}</text>'


def _legend(legend: list[tuple[str, str]], height: float) -> str:
    if not legend:
        return ""
    words = "".join(f'<tspan class="bp-{kind}" dx="14">● {escape(text)}</tspan>' for kind, text in legend)
    return f'<text class="bp-legend" x="{MARGIN - 14}" y="{height - 8:.0f}">{words}</text>'


def _state(state: str) -> str:
    return f" bp-{state}" if state else ""


def _data(data: dict[str, object]) -> str:
    return "".join(f' data-{key}="{value}"' for key, value in data.items())


def _xy(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
