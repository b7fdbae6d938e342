"""The project's overview page: all films and languages, how good, how long, what it cost.

The page is one file without scripts that fetches nothing; each plot has its figures as a table.
What is known of the cuts comes from each film's cuts.tsv, the rest from side files (`timings`,
`history`) that may be missing, and then are shown as missing.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from markupsafe import Markup

from ..config.overview import Overview
from ..core.cut_table import read_table
from ..core.files import digest, read_json, write_text
from ..project.settings import Gate
from ..review.pages import environment
from ..review.verdicts import REVIEWED, VERDICTS, verdict
from .cost import cost_of
from .history import read_history, record
from .plots import PAGE, bars_figure, histogram_figure, shares_figure, svg, trend_figure
from .run_summary import FilmName, Unmade, table_file
from .timings import Place, Timing, by_stage, read_timings, total

log = logging.getLogger(__name__)

BARS = ("pass", "review", "unjudged", "fail", "passthrough", "fault")
"""The verdicts from good to bad, as the bars show them."""

UNSCORED = ("passthrough", "fault")
"""The verdicts on cuts of which no draft was scored."""

IN_FORCE = ("approve", "passthrough")
"""The decisions that settle a cut. What is stale or moot does not, nor a retry that was obeyed."""

PLOTTED_FILMS = 30

PLOTTED_REASONS = 16

SHOWN_RUNS = 30


@dataclass(frozen=True)
class Film:
    """A film's rows of cuts.tsv."""

    video: str
    language: str
    rate: Fraction
    cuts: Sequence[Mapping[str, str]]

    @property
    def name(self) -> str:
        """What the plots call it."""
        return f"{self.video} · {self.language}"

    @property
    def minutes(self) -> float:
        """How long it is."""
        return float(sum(int(cut["frames"]) for cut in self.cuts) / self.rate / 60)


@dataclass(frozen=True)
class Counts:
    """What became of some cuts. drafted: those with a scored draft. open: gated out or in doubt,
    and no decision in force.
    """

    cuts: int
    verdicts: dict[str, int]
    lipsynced: int
    open: int

    @classmethod
    def of(cls, cuts: Iterable[Mapping[str, str]]) -> "Counts":
        """Count them."""
        cuts = list(cuts)
        verdicts = Counter(verdict(cut) for cut in cuts)
        return cls(
            len(cuts),
            {name: verdicts[name] for name in BARS},
            sum(cut["action"] == "lipsync" for cut in cuts),
            sum(verdict(cut) in REVIEWED and cut["decision"] not in IN_FORCE for cut in cuts),
        )

    @property
    def drafted(self) -> int:
        """How many have a draft that was scored."""
        return self.cuts - sum(self.verdicts[name] for name in UNSCORED)

    @property
    def pass_rate(self) -> float | None:
        """The share of the scored drafts that passed."""
        return self.verdicts["pass"] / self.drafted if self.drafted else None

    @property
    def lipsync_rate(self) -> float | None:
        """The share of the cuts that are delivered lip-synced."""
        return self.lipsynced / self.cuts if self.cuts else None


def overview(
    *,
    films: Sequence[FilmName],
    tables: Sequence[Path],
    facts: Sequence[Path],
    gpus: Mapping[str, int],
    enhance_gpus: int,
    gate: Gate,
    settings: Overview,
    timings: Path,
    history: Path,
    page: Path,
    unmade: Sequence[Unmade] = (),
) -> None:
    """Write the overview page, and add to the history what this run came to.

    films: (video, language); tables, facts: cuts.tsv and source.json of each. gpus: how many an
    engine's jobs hold; enhance_gpus: how many the enhancement's do. timings, history: folders,
    which need not be there. unmade: films that are missing from `films`; with any, the run came to
    nothing that the history keeps, and the page is dated before all that it depends on, so that the
    next run that can writes it anew.
    """
    read = [
        Film(video, language, Fraction(read_json(fact)["rate"]), read_table(table))
        for (video, language), table, fact in zip(films, tables, facts, strict=True)
    ]
    timed = read_timings(timings, _places(read, gpus, enhance_gpus))
    entries = (
        read_history(history)
        if unmade
        else record(history, _key(read), _values(read, total(timed)))
    )
    write_text(page, render(read, timed, entries, gate, settings, unmade))
    if unmade:
        os.utime(page, (1, 1))
    log.info("%d films, %d cuts", len(read), sum(len(film.cuts) for film in read))


def interim(
    results: Path,
    films: Iterable[FilmName],
    unmade: Sequence[Unmade],
    **known: Any,
) -> None:
    """Write the overview page of what is made of a project's films, and of what is not.

    known: the rest of what `overview` wants.
    """
    missing = {(film.video, film.language) for film in unmade}
    made = [film for film in films if film not in missing]
    overview(
        films=made,
        tables=[table_file(results, film) for film in made],
        facts=[results / video / "_shared" / "source.json" for video, _ in made],
        history=results / ".history",
        page=results / "overview.html",
        unmade=unmade,
        **known,
    )


def _places(films: Iterable[Film], gpus: Mapping[str, int], enhance_gpus: int) -> list[Place]:
    places: dict[Path, Place] = {}
    for film in films:
        holds = {cut["cut"]: gpus.get(cut["engine"], 0) for cut in film.cuts}
        for language in ("", film.language):
            for place in (
                Place(film.video, language, ""),
                *(
                    Place(film.video, language, cut, held, enhance_gpus)
                    for cut, held in holds.items()
                ),
            ):
                places.setdefault(place.folder, place)
    return list(places.values())


def _key(films: Iterable[Film]) -> str:
    """The digest of what the films came to."""
    columns = ("cut", "fault", "gate", "action", "scorer", "confidence", "draft")
    return digest(
        [
            [film.video, film.language, [[cut.get(c, "") for c in columns] for cut in film.cuts]]
            for film in films
        ]
    )


def _values(films: Iterable[Film], spent: Timing) -> dict[str, Any]:
    """What the history keeps of a run."""
    films = list(films)
    return {
        "films": [
            {
                "video": film.video,
                "language": film.language,
                "minutes": round(film.minutes, 4),
                "cuts": len(film.cuts),
                "verdicts": Counts.of(film.cuts).verdicts,
                "lipsynced": Counts.of(film.cuts).lipsynced,
                "median_confidence": {
                    scorer: round(median(found), 4) for scorer, found in _by_scorer([film]).items()
                },
            }
            for film in films
        ],
        "wall_s": round(spent.wall_s, 1),
        "gpu_s": round(spent.gpu_s, 1),
        "untimed_jobs": spent.jobs - spent.timed,
    }


def _by_scorer(films: Iterable[Film]) -> dict[str, list[float]]:
    """The confidences of each scorer: they are never mixed."""
    found: dict[str, list[float]] = {}
    for film in films:
        for cut in film.cuts:
            if cut["scorer"]:
                found.setdefault(cut["scorer"], []).append(float(cut["confidence"]))
    return found


def render(
    films: Sequence[Film],
    timed: Mapping[tuple[Place, str], Timing],
    entries: Sequence[Mapping[str, Any]],
    gate: Gate,
    settings: Overview,
    unmade: Sequence[Unmade] = (),
) -> str:
    """The page as HTML. entries: of the history, the oldest first."""
    counts = Counts.of(cut for film in films for cut in film.cuts)
    minutes = sum(film.minutes for film in films)
    shared, language = (
        total({key: t for key, t in timed.items() if bool(key[0].language) is wanted})
        for wanted in (False, True)
    )
    return environment().get_template("overview.html.j2").render(
        counts=counts,
        minutes=minutes,
        videos=len({film.video for film in films}),
        languages=sorted({film.language for film in films}),
        films=[_film(film, timed) for film in films],
        unmade=unmade,
        by_language=_languages(films),
        verdicts={name: VERDICTS[name] for name in BARS},
        shares=_shares(films) if films else "",
        plotted_films=PLOTTED_FILMS,
        scores=_scores(films, gate),
        reasons=_reasons(films),
        time=_time(timed, counts.cuts),
        cost=cost_of(shared, language, minutes, len(films), settings),
        untimed=shared.jobs + language.jobs - shared.timed - language.timed,
        settings=settings,
        trend=_trend(entries),
    )  # fmt: skip


def _plot(figure: Any, name: str) -> Markup:
    return Markup(svg(figure, name, PAGE))  # matplotlib escapes the text it writes


def _film(film: Film, timed: Mapping[tuple[Place, str], Timing]) -> dict[str, Any]:
    """A row of the table of films."""
    own = [t for (p, _), t in timed.items() if (p.video, p.language) == (film.video, film.language)]
    spent = sum(own, Timing())
    found = _by_scorer([film])
    return {
        "video": film.video,
        "language": film.language,
        "minutes": film.minutes,
        "counts": Counts.of(film.cuts),
        "confidence": [(name, median(values)) for name, values in sorted(found.items())],
        "wall_s": spent.wall_s / len(film.cuts) if spent.timed and film.cuts else None,
        "gpu_s": spent.gpu_s / len(film.cuts) if spent.timed and film.cuts else None,
        "untimed": spent.jobs - spent.timed,
    }


def _languages(films: Sequence[Film]) -> list[tuple[str, int, Counts]]:
    """Each language: its films, and what became of their cuts."""
    return [
        (language, len(of), Counts.of(cut for film in of for cut in film.cuts))
        for language in sorted({film.language for film in films})
        if (of := [film for film in films if film.language == language])
    ]


def _shares(films: Sequence[Film]) -> Markup:
    """The bars of the films, those with the fewest lip-synced cuts first."""
    rows = [(film.name, Counts.of(film.cuts)) for film in films]
    rows.sort(key=lambda row: (row[1].lipsync_rate or 0.0, row[0]))
    shown = [(name, counts.verdicts) for name, counts in rows[:PLOTTED_FILMS]]
    return _plot(shares_figure(shown, {name: VERDICTS[name][0] for name in BARS}), "shares")


def _scores(films: Sequence[Film], gate: Gate) -> list[dict[str, Any]]:
    """Each scorer: its histogram by verdict, and its figures by verdict."""
    shown = []
    for scorer in sorted(_by_scorer(films)):
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
        shown.append(
            {
                "scorer": scorer,
                "plot": _plot(figure, f"scores-{scorer}"),
                "limits": limits,
                "rows": [
                    (VERDICTS[name][0], len(values), _spread(values))
                    for name, values in by_verdict.items()
                    if values
                ],
            }
        )
    return shown


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    """The 5th, 50th and 95th percentile."""
    if len(values) == 1:
        return (values[0],) * 3
    cuts = quantiles(values, n=20, method="inclusive")
    return cuts[0], cuts[9], cuts[18]


def _reasons(films: Sequence[Film]) -> dict[str, Any]:
    """How many cuts each reason is given for, the most frequent first, and who gives it."""
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
        (code.replace("_", " "), float(count), colours[by])
        for (by, code), count in ranked[:PLOTTED_REASONS]
    ]
    return {"rows": rows, "plot": _plot(bars_figure(bars, "cuts"), "reasons") if rows else ""}


def _time(timed: Mapping[tuple[Place, str], Timing], cuts: int) -> dict[str, Any]:
    """Each stage: what it took, and that a cut of a film; the longest first."""
    stages = [(stage, timing) for stage, timing in by_stage(timed).items() if timing.timed]
    stages.sort(key=lambda item: -item[1].wall_s)
    rows = [(stage, timing, timing.wall_s / max(1, cuts)) for stage, timing in stages]
    bars = [(s, per_cut, "accent" if t.gpu_s else "passthrough") for s, t, per_cut in rows]
    return {
        "rows": rows,
        "total": total(timed),
        "cuts": cuts,
        "plot": _plot(bars_figure(bars, "seconds a cut, all its jobs"), "time") if rows else "",
    }


def _trend(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The last runs that changed something, the oldest first."""
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
    cuts = sum(film["cuts"] for film in films)
    drafted = cuts - sum(film["verdicts"].get(name, 0) for film in films for name in UNSCORED)
    passed = sum(film["verdicts"]["pass"] for film in films)
    return {
        "films": len(films),
        "cuts": cuts,
        "pass_rate": passed / drafted if drafted else None,
        "lipsync_rate": sum(film["lipsynced"] for film in films) / cuts if cuts else None,
        "scorers": sorted({name for film in films for name in film["median_confidence"]}),
        "wall_s": values["wall_s"] / cuts if cuts and values["wall_s"] else None,
        "gpu_s": values["gpu_s"] / cuts if cuts and values["wall_s"] else None,
    }
