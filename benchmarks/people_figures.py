"""The figures of benchmarks/people.py over all clips, with intervals over people."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from people_gate import Draft, held_back, passing, passing_whole
from shares import over_people

from mouthpiece.faces.articulation import ARTICULATORS, Span, likeness
from mouthpiece.scorers.picture_verdict import picture_findings
from mouthpiece.scorers.settings import DraftLimits
from mouthpiece.training import intervals

LENGTHS_S = (2, 4)
CUT_S, CUT_SPEECH_S, SHORT_S = 5.0, 3.0, 3.0
SHIFTS = (3, 5)
MOST_LATE = 8
RANGES = (0.7, 1.3)
"""How far a draft's mouth may go, over how far the person's own does."""
SOUNDS = ("right", "swapped", *(f"shifted_{frames}" for frames in SHIFTS))
People = dict[str, list[float]]


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
    """Figures over all, with intervals over people; none of what nobody was asked for."""
    rows = [row for row in rows if "seconds" in row]  # others are of clips without a cut
    spoken_of = [row for row in rows if row.get("speaker")]
    shares = {
        **{
            f"pieces of {LENGTHS_S[0]} s refused as not speaking, {sound}": found.refused[sound]
            for sound in SOUNDS
        },
        **_of_drafts(found.drafts, limits),
        "p, b and m at which drafts are shut": found.closed,
        "cuts accepted by the guard": _by(rows, lambda row: row["guard"] == "lipsync"),
        "of these, refused as not speaking": _by(
            spoken_of, lambda row: row["speaker"] == "not_speaking"
        ),
        **_of_own(rows, limits),
    }
    told = {name: counted(people) for name, people in shares.items() if people}
    return _told_apart(found) | told | _medians(rows)


def _told_apart(found: Pieces) -> dict[str, Any]:
    """How well own sound is told from others, by length of the piece."""
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
    return figures


def _of_drafts(found: list[Draft], limits: DraftLimits) -> dict[str, People]:
    """Which pieces of drafts pass, and what holds right ones back."""
    drafts = [draft for draft in found if draft.duration_s == CUT_S]
    by_sync, by_both = passing(drafts, limits), passing_whole(drafts, limits)
    held = held_back(drafts, limits)
    return {
        **{f"drafts that pass by sync, {sound}": people for sound, people in by_sync.items()},
        **{
            f"drafts that pass by sync and picture, {sound}": people
            for sound, people in by_both.items()
        },
        **{f"right drafts that pass by sync, but: {fault}": held[fault] for fault in held},
    }


def _of_own(rows: list[dict[str, Any]], limits: DraftLimits) -> dict[str, People]:
    """Which drafts that are driven by their own sound move too little or too much, have a faulty
    picture, or are open where nobody is heard.
    """
    found: dict[str, People] = {}
    for name in ARTICULATORS:
        ranged = [row for row in rows if np.isfinite(row.get(f"{name}_range", np.inf))]
        title = f"cuts whose {name} range is outside {RANGES[0]} to {RANGES[1]}"
        found[title] = _by(ranged, lambda row, n=name: not _within(row[f"{n}_range"]))
    own = [row for row in rows if "own_faults" in row]
    for fault in limits.picture.judged:
        found[f"own drafts that are doubtful: {fault}"] = _by(
            own, lambda row, fault=fault: fault in faults_of(row, limits)
        )
    muted = [row for row in rows if "open_in_silence" in row]
    found["cuts whose mouth is open in the muted part"] = _by(
        muted, lambda row: row["open_in_silence"] > 0
    )
    silent = [row for row in rows if row.get("other_silences_s")]
    found["cuts whose mouth is open in other silences"] = _by(
        silent, lambda row: row["open_in_other_silences_s"] > 0
    )
    return found


def faults_of(row: dict[str, Any], limits: DraftLimits) -> dict[str, str]:
    """What a draft's measures say that makes it doubtful: fault -> `fault=value`."""
    found = picture_findings(row, limits.picture)
    return {finding.fault: finding.code for finding in found if finding.judged}


def _within(ratio: float) -> bool:
    return RANGES[0] <= ratio <= RANGES[1]


def _medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The median over people of each column that holds figures."""
    figures: dict[str, Any] = {}
    for name in sorted({k for row in rows for k, v in row.items() if _is_figure(v)}):
        values: People = defaultdict(list)
        for row in rows:
            if _is_figure(row.get(name)) and np.isfinite(row[name]):
                values[row["person"]].append(float(row[name]))
        if values:
            middles = [float(np.median(v)) for v in values.values()]
            figures[f"median {name}"] = intervals.median(middles)
    return figures


def alike(
    drawn: np.ndarray, own: np.ndarray, counted: np.ndarray, spoken: np.ndarray
) -> dict[str, float]:
    """How a drawn mouth compares to the person's own, both as `articulation` has them, [T, 3]. The
    drawn one counts in some frames, [T] bool; the person's range is that of all frames in which
    somebody speaks, [T] bool. In silence the drawn mouth is shut, whatever the person's does, so
    that they are compared where somebody speaks, too (`_r_spoken`).
    """
    found: dict[str, float] = {}
    said = counted & spoken
    for column, name in enumerate(ARTICULATORS):
        goes, went = drawn[counted, column], own[counted, column]
        found[f"{name}_r"] = likeness(goes, went).correlation
        found[f"{name}_r_spoken"] = likeness(drawn[said, column], own[said, column]).correlation
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


def counted(people: People) -> dict[str, Any]:
    """A share over people, whose values are 0 and 1, and how many are 1."""
    return over_people(people) | {"count": int(sum(map(sum, people.values())))}


def _by(rows: list[dict[str, Any]], tells: Callable[[dict[str, Any]], bool]) -> People:
    """Person -> 1 for each row of which something is told, 0 for each other."""
    groups: People = defaultdict(list)
    for row in rows:
        groups[row["person"]].append(float(tells(row)))
    return groups


def _is_figure(value: Any) -> bool:
    return isinstance(value, float) and not isinstance(value, bool)


def report(rows: list[dict[str, Any]], figures: dict[str, Any], rates: dict[str, float]) -> None:
    """Print a line for each cut, then the figures."""
    for row in rows:
        shown = " ".join(f"{key}={_text(value)}" for key, value in row.items() if key != "cut")
        print(f"{row['cut']}: {shown}")
    cuts = [row for row in rows if "seconds" in row]
    print(f"\n{len(cuts)} cuts; frames/s: {rates}")
    unreadable = sum(row["guard"] == "unreadable" for row in rows)
    if unreadable:
        print(f"{unreadable} clips could not be read")
    for name, figure in figures.items():
        low, high = figure["interval_95"]
        of = f", {figure['count']} of {figure['pieces']}" if "count" in figure else ""
        print(
            f"{name:52} {figure['value']:7.3f} [{low:.3f}, {high:.3f}]"
            f"  {figure['clips']} people{of}"
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
