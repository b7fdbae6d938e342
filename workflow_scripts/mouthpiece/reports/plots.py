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

WIDTH_IN = 7.2

ROW_IN = 0.26
"""Height of a row of a bar chart."""

BINS = 40
"""How many bars a histogram has."""

DASHES = ("-", "--", ":", "-.")

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: the page's font, and found by a search
    "text.parse_math": False,  # a $ in a name is a $
    "font.size": 9,
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


def shares_figure(
    rows: Sequence[tuple[str, Mapping[str, int]]], titles: Mapping[str, str]
) -> Figure:
    """Draw stacked bars of shares, one a row.

    Args:
        rows: Name and counts by colour of each row.
        titles: Name of a colour -> its title, in the order of the stack.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(0.75 + ROW_IN * len(rows))
        totals = [max(1, sum(counts.values())) for _, counts in rows]
        left = [0.0] * len(rows)
        for ink, title in titles.items():
            counts = [found.get(ink, 0) for _, found in rows]
            width = [count / total for count, total in zip(counts, totals, strict=True)]
            axes.barh(range(len(rows)), width, 0.72, left, color=INK[ink], label=title)
            for y, (x, wide, count) in enumerate(zip(left, width, counts, strict=True)):
                if wide >= 0.04:
                    axes.text(
                        *(x + wide / 2, y, str(count)),
                        ha="center",
                        va="center_baseline",
                        fontsize=8,
                        color=INK["panel"],
                    )
            left = [x + wide for x, wide in zip(left, width, strict=True)]
        _rows(axes, [name for name, _ in rows])
        axes.set(xlim=(0, 1))
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        figure.legend(loc="outside upper left", ncols=4, handlelength=0.9, fontsize=8.5)
        return figure


def bars_figure(rows: Sequence[tuple[str, float, str]], unit: str) -> Figure:
    """Draw bars.

    Args:
        rows: Name, value and colour name of each bar.
        unit: What the values are.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(0.55 + ROW_IN * len(rows))
        values = [value for _, value, _ in rows]
        axes.barh(range(len(rows)), values, 0.72, color=[INK[ink] for _, _, ink in rows])
        for y, value in enumerate(values):
            axes.text(value, y, f" {value:.3g}", va="center_baseline", fontsize=8)
        _rows(axes, [name for name, _, _ in rows])
        axes.set(xlabel=unit, xlim=(0, max([*values, 1e-9]) * 1.1))
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=all(v == int(v) for v in values)))
        return figure


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params("y", length=0)
    axes.spines["left"].set_visible(False)


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
        limits: Name -> value of the limits that are drawn in.
        label: What the values are.

    Returns:
        The figure.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _axes(2.6)
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
        for dash, (name, value) in zip(DASHES[1:], limits.items(), strict=False):
            axes.axvline(value, color=INK["text"], linewidth=1, linestyle=dash)
            axes.annotate(
                name, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                textcoords="offset points", ha="center", fontsize=8,
            )  # fmt: skip
        axes.set(xlabel=label, ylabel="cuts")
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        figure.legend(loc="outside upper left", ncols=len(titles), handlelength=0.9, fontsize=8.5)
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
        figure.legend(loc="outside upper left", ncols=len(lines), fontsize=8.5)
        return figure
