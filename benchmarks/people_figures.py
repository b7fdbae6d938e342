"""The figures of benchmarks/people.py over all clips, with intervals over people."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from people_gate import Draft, held_back, passing, passing_whole
from shares import over_people

from mouthpiece.faces.articulation import ARTICULATORS, Span, likeness
from mouthpiece.scorers.settings import DraftLimits
from mouthpiece.training import intervals

LENGTHS_S = (2, 4)
CUT_S, CUT_SPEECH_S, SHORT_S = 5.0, 3.0, 3.0
SHIFTS = (3, 5)
MOST_LATE = 8
SOUNDS = ("right", "swapped", *(f"shifted_{frames}" for frames in SHIFTS))


def _by_person() -> defaultdict[str, list[float]]:
    return defaultdict(list)


@dataclass
class Pieces:
    """Scores and verdicts of pieces, by length and sound, for each person.

    Attributes:
        scores: (length, sound) -> person -> probabilities that the source's face speaks.
        confidences: The same of the scorer's confidences.
        drafts: Scored pieces of drafts.
        refused: Sound -> person -> 1 for each piece of the source of which the speaker stage says
            that the face does not speak, for pieces of `LENGTHS_S[0]`.
        closed: Person -> 1 for each p, b and m at which a draft's mouth is shut, 0 for each other.
    """

    scores: dict[tuple[int, str], dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(_by_person)
    )
    confidences: dict[tuple[int, str], dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(_by_person)
    )
    drafts: list[Draft] = field(default_factory=list)
    refused: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(_by_person)
    )
    closed: dict[str, list[float]] = field(default_factory=_by_person)

    def add(self, more: "Pieces") -> None:
        """Put those of other cuts after these."""
        for own, other in (
            (self.scores, more.scores),
            (self.confidences, more.confidences),
            (self.refused, more.refused),
            ({"": self.closed}, {"": more.closed}),
        ):
            for key, people in other.items():
                for person, values in people.items():
                    own[key][person] += values
        self.drafts += more.drafts


def pooled(found: Pieces, rows: list[dict[str, Any]], limits: DraftLimits) -> dict[str, Any]:
    """Figures over all, with intervals over people; none of scores where nobody has one."""
    rows = [row for row in rows if "seconds" in row]  # others are of clips without a cut
    drafts = [draft for draft in found.drafts if draft.duration_s == CUT_S]
    figures: dict[str, Any] = {}
    for kind, scores in (("", found.scores), (", confidence", found.confidences)):
        for length_s in LENGTHS_S:
            own = scores[length_s, "right"]
            for sound in SOUNDS[1:]:
                other = scores[length_s, sound]
                persons = sorted(own.keys() & other.keys())
                if persons:
                    figures[f"AUC {length_s} s, {sound}{kind}"] = intervals.separation(
                        [own[p] for p in persons], [other[p] for p in persons]
                    )
    for sound in SOUNDS:
        figures[f"pieces of {LENGTHS_S[0]} s refused as not speaking, {sound}"] = over_people(
            found.refused[sound]
        )
    for sound, people in passing(drafts, limits).items():
        figures[f"drafts that pass by sync, {sound}"] = over_people(people)
    for sound, people in passing_whole(drafts, limits).items():
        figures[f"drafts that pass by sync and picture, {sound}"] = over_people(people)
    for fault, people in held_back(drafts, limits).items():
        figures[f"right drafts that pass by sync, but: {fault}"] = over_people(people)
    spoken_of = [row for row in rows if row.get("speaker")]
    figures["p, b and m at which drafts are shut"] = over_people(found.closed)
    figures["cuts accepted by the guard"] = _share(rows, "guard", "lipsync")
    figures["of these, refused as not speaking"] = _share(spoken_of, "speaker", "not_speaking")
    for name in rows and sorted({k for row in rows for k, v in row.items() if _is_figure(v)}):
        values = defaultdict(list)
        for row in rows:
            if _is_figure(row.get(name)) and np.isfinite(row[name]):
                values[_person(row)].append(float(row[name]))
        if values:
            middles = [float(np.median(v)) for v in values.values()]
            figures[f"median {name}"] = intervals.median(middles)
    return figures


def alike(
    drawn: np.ndarray, own: np.ndarray, counted: np.ndarray, spoken: np.ndarray
) -> dict[str, float]:
    """How a drawn mouth compares to the person's own, both as `articulation` has them, [T, 3]. The
    drawn one counts in some frames, [T] bool; the person's range is that of all frames in which
    somebody speaks, [T] bool.
    """
    found: dict[str, float] = {}
    for column, name in enumerate(ARTICULATORS):
        goes, went = drawn[counted, column], own[counted, column]
        found[f"{name}_r"] = likeness(goes, went).correlation
        reach = Span.of(own[spoken, column]).range
        found[f"{name}_range"] = Span.of(goes).range / reach if reach else float("inf")
    return found


def lag(drawn: np.ndarray, own: np.ndarray, counted: np.ndarray) -> dict[str, float]:
    """By how many frames a drawn opening [T] is later than the person's own one, and how alike they
    are then; `counted`: which of the own frames are compared, [T] bool.
    """
    within = counted.copy()
    within[:MOST_LATE] = within[-MOST_LATE:] = False
    alike = {
        late: likeness(np.roll(drawn, -late)[within], own[within]).correlation
        for late in range(-MOST_LATE, MOST_LATE + 1)
    }
    best = max(alike, key=alike.__getitem__)
    return {"opening_lag": float(best), "opening_r_at_lag": alike[best]}


def _share(rows: list[dict[str, Any]], column: str, value: str) -> dict[str, Any]:
    groups: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        groups[_person(row)].append(float(row[column] == value))
    return over_people(groups)


def _person(row: dict[str, Any]) -> str:
    return str(row["person"])


def _is_figure(value: Any) -> bool:
    return isinstance(value, float) and not isinstance(value, bool)


def report(rows: list[dict[str, Any]], figures: dict[str, Any], rates: dict[str, float]) -> None:
    """Print a line for each cut, then the figures."""
    for row in rows:
        shown = " ".join(f"{key}={_text(value)}" for key, value in row.items() if key != "cut")
        print(f"{row['cut']}: {shown}")
    print(f"\n{len(rows)} cuts; frames/s: {rates}")
    for name, figure in figures.items():
        low, high = figure["interval_95"]
        pieces = f", {figure['pieces']} pieces" if "pieces" in figure else ""
        print(
            f"{name:48} {figure['value']:7.3f} [{low:.3f}, {high:.3f}]"
            f"  {figure['clips']} people{pieces}"
        )


def write_table(rows: list[dict[str, Any]], table: Path) -> None:
    """Write the rows, tab-separated."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter="\t", restval="")
        writer.writeheader()
        writer.writerows({key: _text(value) for key, value in row.items()} for row in rows)


def _text(value: Any) -> str:
    return f"{value:.4g}" if _is_figure(value) else "" if value is None else str(value)
