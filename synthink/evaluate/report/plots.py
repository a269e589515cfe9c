"""Plots of reports: the same figure as SVG inside a page, and as PNG beside a Markdown file."""

from __future__ import annotations

import importlib.util
import io
import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from synthink.evaluate.curves import CurvePoint, median
from synthink.evaluate.report.data import Shots
from synthink.pages.text import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, SKY, GREY = "#0072b2", "#d55e00", "#009e73", "#aa4499", "#56b4e9", "#868e96"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, "#b58900", "#333333")
"""Okabe and Ito's, which colour-blind readers can tell apart."""
POINTS = 400  # of a curve that are drawn
_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#adb5bd",
    "axes.labelcolor": "#495057",
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "grid.color": "#e9ecef",
    "axes.axisbelow": True,
    "xtick.color": "#495057",
    "ytick.color": "#495057",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "synthink",
    "legend.frameon": False,
    "figure.dpi": 150,
}


class Plot(NamedTuple):
    """A figure twice. svg: an element without references to anything outside; png: a file."""

    name: str
    svg: str
    png: bytes


def can_plot(what: str) -> bool:
    """Whether matplotlib is here; where it is not, a line on the standard error says that `what` is left out."""
    if importlib.util.find_spec("matplotlib") is not None:
        return True
    print(f"without {what}: plots need matplotlib: pip install 'synthink[plots]'", file=sys.stderr)
    return False


@contextmanager
def style() -> Iterator[None]:
    """The look of all plots; no window system and no state of pyplot is touched."""
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        yield


def as_plot(name: str, figure: Figure) -> Plot:
    """The figure in both forms. name: begins the ids inside the SVG, so that several can stand on one page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    png, svg = io.BytesIO(), io.StringIO()
    FigureCanvasAgg(figure).print_png(png)
    figure.savefig(svg, format="svg", metadata={"Date": None})
    text = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", "", svg.getvalue(), flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg class="plot" viewBox="\1" role="img">', text, count=1)
    return Plot(name, text.replace("xlink:href", "href"), png.getvalue())


def curve_plot(
    curve: Sequence[CurvePoint], control: Sequence[CurvePoint] = (), chance: float | None = None, score: str = "correct"
) -> Plot | None:
    """Training loss and validation score against steps, the control's beside them; None where there is nothing, or no
    matplotlib."""
    losses = [_finite((step, loss) for step, loss, _ in points) for points in (curve, control)]
    scores = [_finite((step, score) for step, _, score in points) for points in (curve, control)]
    kinds = [kind for kind in (losses, scores) if any(kind)]
    if not kinds or not can_plot("the curve of training"):
        return None
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(4.6 * len(kinds), 2.9), layout="constrained")
        axes = figure.subplots(1, len(kinds), squeeze=False)[0]
        for kind, ax in zip(kinds, axes, strict=True):
            for points, colour, name in zip(kind, (BLUE, GREY), ("run", "control's run"), strict=True):
                _line(ax, points, colour, name, dots=kind is scores)
            ax.set_xlabel("step")
            ax.set_title("training loss" if kind is losses else f"{visible(score, 40)} on validation rows")
            if kind is scores:
                ax.set_ylim(-0.03, 1.03)
                if chance is not None:
                    ax.axhline(chance, color=ORANGE, linewidth=1, linestyle=(0, (4, 3)), label="chance")
            elif min(loss for points in kind for _, loss in points) > 0:
                ax.set_yscale("log")
                ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
                ax.yaxis.set_minor_formatter(lambda value, _: "")
            if any(control) or kind is scores:
                ax.legend(loc="best", fontsize=8)
        return as_plot("curve", figure)


def _finite(points: Iterable[tuple[int, float | None]]) -> list[tuple[int, float]]:
    return sorted((step, value) for step, value in points if value is not None and math.isfinite(value))


def _line(ax: Axes, points: Sequence[tuple[int, float]], colour: str, name: str, dots: bool) -> None:
    """A curve; a long one as medians of neighbours, over all its points in a faint colour."""
    if not points:
        return
    if dots or len(points) < 60:
        steps, values = zip(*points, strict=True)
        ax.plot(steps, values, color=colour, label=name, marker="o" if dots else None, markersize=3, linewidth=1.4)
        return
    thin = points[:: -(-len(points) // POINTS)]
    ax.plot(*zip(*thin, strict=True), color=colour, alpha=0.25, linewidth=0.8)
    width = -(-len(points) // 50)
    parts = [points[start : start + width] for start in range(0, len(points), width)]
    smooth = [(median([step for step, _ in part]), median([value for _, value in part])) for part in parts]
    ax.plot(*zip(*smooth, strict=True), color=colour, label=name, linewidth=1.6)


def shots_plot(shots: Sequence[Shots]) -> Plot | None:
    """A metric against the number of examples in the prompt, a line for each predictor and a panel for each metric;
    None where there is nothing, or no matplotlib."""
    metrics = list(dict.fromkeys(row.metric for row in shots))[:4]
    if not metrics or not can_plot("the plot of examples in the prompt"):
        return None
    from matplotlib.figure import Figure

    counts = sorted({row.shots for row in shots})
    with style():
        figure = Figure(figsize=(4.6 * len(metrics), 2.9), layout="constrained")
        for ax, metric in zip(figure.subplots(1, len(metrics), squeeze=False)[0], metrics, strict=True):
            predictors = dict.fromkeys(row.predictor for row in shots if row.metric == metric)
            for colour, predictor in zip(COLOURS, predictors, strict=False):
                line = sorted(row for row in shots if (row.predictor, row.metric) == (predictor, metric))
                places = [counts.index(row.shots) for row in line]
                means = [row.mean for row in line]
                spread = [[row.mean - row.low for row in line], [row.high - row.mean for row in line]]
                ax.errorbar(
                    places,
                    means,
                    spread,
                    color=colour,
                    marker="o",
                    markersize=4,
                    capsize=2,
                    label=visible(predictor, 40),
                )
            ax.set_xticks(range(len(counts)), list(map(str, counts)))
            ax.set_xlabel("examples in the prompt")
            ax.set_title(visible(metric, 40))
            ax.legend(loc="best", fontsize=8)
        return as_plot("shots", figure)
