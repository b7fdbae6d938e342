"""The sections of the overview page: each gives its template its rows and its plot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from ..project.gate import Gate
from ..project.tables import tag_of
from ..review.folded_films import fold
from ..review.verdicts import VERDICTS, verdict
from .films import BARS, OUTCOMES, UNSCORED, Counts, FilmResult, confidences
from .finals import FinalCounts
from .plots import PAGE, histogram_figure, svg, trend_figure
from .timings import Timing, TimingFolder, by_stage, total

PLOTTED_FILMS = 30

PLOTTED_REASONS = 16

PLOTTED_STAGES = 12

SHOWN_RUNS = 30

SHOWN_LINE_REASONS = 4

Timings = Mapping[tuple[TimingFolder, str], Timing]
"""What `timings.read_timings` gives."""


def _plot(figure: Figure, name: str) -> Markup:
    return Markup(svg(figure, name, PAGE))  # matplotlib escapes the text it writes


def language_rows(films: Sequence[FilmResult]) -> list[tuple[str, int, Counts]]:
    """Count by language: a language may have several dubs of a video.

    Args:
        films: The films.

    Returns:
        The tag of each language, how many dubs it has, and what became of their cuts.
    """
    found: dict[str, list[FilmResult]] = {}
    for film in sorted(films, key=lambda film: film.language):
        found.setdefault(tag_of(film.language), []).append(film)
    return [
        (tag, len(dubs), Counts.of(cut for film in dubs for cut in film.cuts))
        for tag, dubs in found.items()
    ]


def note_rows(films: Sequence[FilmResult]) -> list[tuple[str, Sequence[str], str, Sequence[str]]]:
    """Collect the notes on files; those on a source once for all its dubs.

    Args:
        films: The films.

    Returns:
        For each file: the video, the keys of the dubs, which file it is, and what is said of it.
    """
    dubs: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for film in films:
        for noted in film.notes:
            row = film.video, noted.about, noted.sentences
            dubs.setdefault(row, []).append(film.language)
    return [(video, found, about, said) for (video, about, said), found in dubs.items()]


def line_rows(films: Sequence[FilmResult]) -> list[dict[str, Any]]:
    """Describe the lines of the films whose dub is made, those with the most Blockers first.

    Args:
        films: The films.

    Returns:
        The cells of each row by name.
    """
    made = [film for film in films if film.lines.lines]
    made.sort(key=lambda film: -film.lines.severities.get("Blocker", 0))
    return [
        {
            "video": film.video,
            "language": film.language,
            "page": film.page,
            "report": film.report,
            "counts": film.lines,
            "reasons": [
                (code.replace("_", " "), number)
                for code, number in list(film.lines.reasons.items())[:SHOWN_LINE_REASONS]
            ],
        }
        for film in made
    ]


def final_rows(films: Sequence[FilmResult]) -> list[tuple[FilmResult, FinalCounts]]:
    """Count the finals and purchases of the films that have some.

    Args:
        films: The films.

    Returns:
        Each of these films, and its counts.
    """
    counted = [(film, FinalCounts.of(film.cuts)) for film in films]
    return [row for row in counted if row[1].finals or row[1].bought]


def outcome_section(films: Sequence[FilmResult]) -> dict[str, Any]:
    """Count what is delivered of the cuts.

    Args:
        films: The films.

    Returns:
        `rows`: each outcome that there is, and how many cuts have it; `titles`: those outcomes;
        `bars`: name and counts of each film, and of all dubs of a video that has many, those with
        the fewest lip-synced cuts first, up to PLOTTED_FILMS; `left_out`: how many there are more.
    """
    counted = Counts.of(cut for film in films for cut in film.cuts).outcomes
    titles = {name: OUTCOMES[name] for name, count in counted.items() if count}
    shown, folded = fold(films, lambda film: film.video)
    counts = {film.name: film.counts for film in shown} | {
        video: Counts.of(cut for film in dubs for cut in film.cuts)
        for video, dubs in folded.items()
    }
    ranked = sorted(counts.items(), key=lambda item: (item[1].lipsync_rate or 0.0, item[0]))
    return {
        "rows": [(title, counted[name]) for name, title in titles.items()],
        "titles": titles,
        "bars": [
            (name, [(ink, number) for ink, number in of.outcomes.items() if number])
            for name, of in ranked[:PLOTTED_FILMS]
        ],
        "left_out": len(ranked[PLOTTED_FILMS:]),
    }


def score_sections(films: Sequence[FilmResult], gate: Gate) -> list[dict[str, Any]]:
    """Describe the scores of each scorer.

    Args:
        films: The films.
        gate: The gate's section of the config.

    Returns:
        For each scorer its histogram by verdict, its limits, and percentiles by verdict.
    """
    sections = []
    for scorer in sorted(confidences(films)):
        by_verdict: dict[str, list[float]] = {name: [] for name in BARS if name not in UNSCORED}
        for cut in (cut for film in films for cut in film.cuts if cut["scorer"] == scorer):
            by_verdict[verdict(cut)].append(float(cut["confidence"]))
        chosen = getattr(gate.scorers, scorer, None)
        limits = (
            {"fails under": chosen.fail_confidence, "passes from": chosen.min_confidence}
            if chosen
            else {}
        )
        titles = {name: VERDICTS[name][0] for name in by_verdict}
        figure = histogram_figure(by_verdict, titles, limits, f"confidence ({scorer})")
        sections.append(
            {
                "scorer": scorer,
                "plot": _plot(figure, f"scores-{scorer}"),
                "limits": limits,
                "rows": [
                    (titles[name], len(values), np.percentile(values, (5, 50, 95)).tolist())
                    for name, values in by_verdict.items()
                    if values
                ],
            }
        )
    return sections


def reason_section(films: Sequence[FilmResult]) -> dict[str, Any]:
    """Count the reasons for which cuts did not pass.

    Args:
        films: The films.

    Returns:
        `rows`: each reason, who gives it and for how many cuts, the most frequent first;
        `bars`: of the PLOTTED_REASONS most frequent, name, number of cuts and colour.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for cut in (cut for film in films for cut in film.cuts):
        for column in ("guard", "gate"):
            codes = {c.partition("=")[0] for c in cut[f"{column}_reasons"].split(";") if c}
            counted.update((column, code) for code in codes)
        if cut.get("fault"):
            counted["fault", ": ".join(cut["fault"].split(": ")[:2])] += 1
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        {"reason": code.replace("_", " "), "by": by, "cuts": count} for (by, code), count in ranked
    ]
    colours = {"guard": "passthrough", "gate": "accent", "fault": "fault"}
    bars = [
        (code.replace("_", " "), count, colours[by])
        for (by, code), count in ranked[:PLOTTED_REASONS]
    ]
    return {"rows": rows, "bars": bars}


def time_section(timed: Timings, cuts: int) -> dict[str, Any]:
    """Sum up what each stage took.

    Args:
        timed: The timings of all films.
        cuts: How many cuts the films have.

    Returns:
        `rows`: each stage, its timing, and its wall time per cut of a film, the longest first;
        `total`, `cuts`; `bars`: name, seconds a cut and colour of the PLOTTED_STAGES longest
        stages.
    """
    stages = [(stage, timing) for stage, timing in by_stage(timed).items() if timing.timed]
    stages.sort(key=lambda item: -item[1].wall_s)
    rows = [(stage, timing, timing.wall_s / max(1, cuts)) for stage, timing in stages]
    bars = [(s, per_cut, "accent" if t.gpu_s else "passthrough") for s, t, per_cut in rows]
    return {
        "rows": rows,
        "total": total(timed),
        "cuts": cuts,
        "bars": bars[:PLOTTED_STAGES],
    }


def trend_section(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare the last runs that changed something.

    Args:
        entries: Those of the history, the oldest first.

    Returns:
        `rows`: the figures of each run, the oldest first; `plot`: empty where there is one run.
    """
    rows = [
        {"run": number, "at": entry["at"], **_run(entry["values"])}
        for number, entry in enumerate(entries, 1)
    ][-SHOWN_RUNS:]
    lines: dict[str, tuple[str, list[float | None]]] = {
        "drafts in sync": ("pass", [row["pass_rate"] for row in rows]),
        "cuts lip-synced": ("accent", [row["lipsync_rate"] for row in rows]),
    }
    if len(rows) < 2:
        return {"rows": rows, "plot": ""}
    return {"rows": rows, "plot": _plot(trend_figure([r["run"] for r in rows], lines), "trend")}


def _run(values: Mapping[str, Any]) -> dict[str, Any]:
    films = values["films"]
    verdicts = sum((Counter(film["verdicts"]) for film in films), Counter())
    lipsynced = sum(film["lipsynced"] for film in films)
    counts = Counts(sum(film["cuts"] for film in films), verdicts, lipsynced, undecided=0)
    is_timed = bool(counts.cuts and values["wall_s"])
    return {
        "films": len(films),
        "cuts": counts.cuts,
        "pass_rate": counts.pass_rate,
        "lipsync_rate": counts.lipsync_rate,
        "scorers": sorted({name for film in films for name in film["median_confidence"]}),
        "wall_s": values["wall_s"] / counts.cuts if is_timed else None,
        "gpu_s": values["gpu_s"] / counts.cuts if is_timed else None,
    }
