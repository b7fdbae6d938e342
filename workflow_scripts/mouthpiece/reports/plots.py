"""Plots as SVG: the same figures are the same bytes, in the colours of the page that shows them.

A figure is drawn in placeholder colours, one for each name. `svg` replaces them: by CSS variables
that a page defines for light and dark, or by colours for a file of its own.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..review.colours import LIGHT

PLOTTED = (
    *("panel", "text", "dim", "line", "sunk", "accent"),
    *("pass", "review", "unjudged", "fail", "passthrough", "fault"),
)

PRINT = {name: LIGHT[name] for name in PLOTTED}
"""The colours in a file of its own, on white."""

PAGE = {name: f"var(--{name})" for name in PRINT}
"""The colours in a page whose style defines these variables."""

INK = {name: f"#fe01{index:02x}" for index, name in enumerate(PRINT)}
"""The placeholder colour of each name."""

WIDTH_IN = 3.5
"""Narrow, so that its words have 11 px or more where a phone of 320 px shows the whole figure."""

LEGEND_COLUMNS = 2

BINS = 40
"""How many bars a histogram has."""

DASHES = ("-", "--", ":", "-.")

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: the page's font, and found by a search
    "text.parse_math": False,  # a $ in a name is a $
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "axes.edgecolor": INK["line"],
    "axes.labelcolor": INK["dim"],
    "text.color": INK["text"],
    "xtick.color": INK["line"],
    "ytick.color": INK["line"],
    "xtick.labelcolor": INK["dim"],
    "ytick.labelcolor": INK["text"],
    "legend.frameon": False,
    "legend.labelcolor": INK["text"],
    "figure.facecolor": "none",
    "grid.color": INK["line"],
}


def svg(figure: Figure, name: str, colours: Mapping[str, str]) -> str:
    """Write a figure as an SVG element.

    Args:
        figure: The figure.
        name: A name that makes its ids differ from those of other plots of a page.
        colours: Name -> colour, for the names of PLOTTED.

    Returns:
        The element.
    """
    file = io.StringIO()
    with mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    text = text[text.index("<svg") :]
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", text)
    return re.sub("|".join(INK.values()), lambda m: colours[_NAME[m[0]]], text)


_NAME = {ink: name for name, ink in INK.items()}


def _axes(height_in: float) -> tuple[Figure, Axes]:
    figure = Figure((WIDTH_IN, height_in), layout="constrained")
    return figure, figure.subplots()


def roc_figure(
    curves: Mapping[str, Sequence[tuple[float, float]]],
    marks: Mapping[str, tuple[float, float]],
) -> Figure:
    """Draw ROC curves.

    Args:
        curves: Name -> the points (share of bad drafts that pass, share of good ones that do).
        marks: Name -> the point of the threshold in force.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(5.2)
        figure.set_figwidth(5.6)
        axes.plot((0, 1), (0, 1), color=INK["line"], linewidth=1)
        for dash, (name, points) in zip(DASHES * len(curves), curves.items(), strict=False):
            x, y = zip(*points, strict=True)
            axes.step(x, y, dash, where="post", color=INK["accent"], linewidth=1.5, label=name)
            axes.plot(*marks[name], "o", color=INK["fail"], label=f"{name}, now")
        axes.set(xlabel="bad drafts that pass", ylabel="good drafts that pass")
        axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1))
        axes.legend(loc="lower right")
        return figure


def histogram_figure(
    values: Mapping[str, Sequence[float]],
    titles: Mapping[str, str],
    limits: Mapping[str, float],
    label: str,
) -> Figure:
    """Draw a histogram, stacked by verdict.

    Args:
        values: Verdict -> the values.
        titles: Verdict -> its title.
        limits: Name -> value of the two limits that are drawn in, the lower one first.
        label: What the values are.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(2.7)
        shown = {verdict: found for verdict, found in values.items() if found}
        axes.hist(
            list(shown.values()),
            bins=np.histogram_bin_edges(
                [*(v for found in shown.values() for v in found), *limits.values()], BINS
            ),  # type: ignore[arg-type]
            stacked=True,
            color=[INK[verdict] for verdict in shown],
            label=[titles[verdict] for verdict in shown],
        )
        aligned = zip(DASHES[1:], ("right", "left"), limits.items(), strict=False)
        for dash, side, (name, value) in aligned:
            axes.axvline(value, color=INK["text"], linewidth=1, linestyle=dash)
            axes.annotate(
                name, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                textcoords="offset points", ha=side,
            )  # fmt: skip
        axes.set(xlabel=label, ylabel="cuts")
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        figure.legend(loc="outside upper left", ncols=LEGEND_COLUMNS, handlelength=0.9)
        return figure


def trend_figure(
    runs: Sequence[int], lines: Mapping[str, tuple[str, Sequence[float | None]]]
) -> Figure:
    """Draw shares over runs.

    Args:
        runs: The numbers of the runs.
        lines: Title -> colour name and the share of each run; None where it is not known.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(2.4)
        for dash, (title, (ink, values)) in zip(DASHES, lines.items(), strict=False):
            known = [(n, v) for n, v in zip(runs, values, strict=True) if v is not None]
            if known:
                x, y = zip(*known, strict=True)
                axes.plot(x, y, dash, marker="o", markersize=4, color=INK[ink], label=title)
        axes.set(xlabel="run", ylim=(-0.02, 1.04))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.grid(axis="y", linewidth=0.5)
        figure.legend(loc="outside upper left", ncols=LEGEND_COLUMNS)
        return figure
