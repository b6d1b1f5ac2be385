"""The curves of a training run as a Matplotlib figure, for files and papers; `chart.py` draws them for the web."""

from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING

from .axis import epoch_ticks, value_axis
from .curves import Curves, Panel
from .labels import label, resolve_language
from .numbers import format_number

try:
    from matplotlib.figure import Figure
except ImportError as error:
    raise ImportError(
        'plots are drawn by Matplotlib: python -m pip install "backprop-tutorial[plot]". '
        "Without it, show(history.view()) prints a table, and draws curves in a notebook"
    ) from error

from .plot_fonts import families

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = {"training": "#0f766e", "validation": "#c2410c"}
STYLES = {"training": "-", "validation": (0, (4, 2))}
INK, MUTED, GRID = "#1f2937", "#59636e", "#e5e7eb"
PANEL_WIDTH, PANEL_HEIGHT = 5.6, 3.7
"""Inches."""


class CurvesFigure(Figure):
    """A Matplotlib figure that a notebook shows, although it does not belong to pyplot."""

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        self.savefig(picture, format="png", dpi=110)
        return picture.getvalue()


def plot_curves(curves: Curves, language: str | None = None) -> CurvesFigure:
    """Plot training and validation values against the epoch, each quantity in a panel of its own.

    Args:
        curves: the view that is plotted.
        language: of the texts; None for that of `set_language`.

    Raises:
        ValueError: there are no labels in the language.

    """
    language = resolve_language(language)
    count = len(curves.panels)
    columns = min(count, 2)
    rows = -(-count // columns)
    figure = CurvesFigure(figsize=(PANEL_WIDTH * columns, PANEL_HEIGHT * rows), layout="constrained", dpi=110)
    figure.set_facecolor("white")
    family = families(language)
    for i, panel in enumerate(curves.panels):
        _draw(figure.add_subplot(rows, columns, i + 1), curves, panel, language, family)
    return figure


def _draw(axes: "Axes", curves: Curves, panel: Panel, language: str, family: list[str]) -> None:
    lines = panel.curves(language)
    for line in lines:
        # Between two gaps a point has no line: a dot shows it.
        marker = "" if curves.epochs > 1 and all(map(isfinite, line.y)) else "."
        style, color = STYLES[line.kind], COLORS[line.kind]
        axes.plot(line.x, line.y, color=color, linestyle=style, linewidth=1.8, marker=marker, label=line.name)
    if curves.marked is not None:
        value = lines[-1].y[curves.marked - 1]
        axes.axvline(curves.marked, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        text = curves.mark_text(language)
        axes.plot(
            [curves.marked],
            [value],
            linestyle="",
            marker="o",
            markersize=7,
            markerfacecolor="white",
            markeredgecolor=INK,
            markeredgewidth=1.5,
            zorder=4,
            clip_on=False,
            label=text,
        )
    _set_axes(axes, curves, panel)
    axes.set_title(curves.title(panel, language), loc="left", family=family, color=INK, fontsize=11, pad=28)
    axes.set_xlabel(label("training.epoch", language), family=family, color=MUTED)
    axes.set_ylabel(curves.heading(panel, language), family=family, color=MUTED)
    # Above the curves, which leave no corner free for certain.
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.02),
        ncols=3,
        frameon=False,
        prop={"family": family, "size": 9},
        labelcolor=INK,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.6,
    )


def _set_axes(axes: "Axes", curves: Curves, panel: Panel) -> None:
    """The same axes, with the same numbers, as on the web."""
    values = value_axis([*panel.training, *panel.validation], curves.is_logarithmic(panel))
    if values.logarithmic:
        axes.set_yscale("log")
    axes.set_ylim(values.low, values.high)
    axes.set_yticks(values.ticks, [format_number(tick) for tick in values.ticks])
    axes.set_yticks([], minor=True)
    ticks = epoch_ticks(curves.epochs)
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, length=0, labelsize=9)
