"""Calibrate the gate's measures of the picture: right drafts against spoilt ones.

    python benchmarks/spoilt.py FOLDER [--rows ROWS.tsv] [--seconds 5] [--keep WORK]

Of the first cut of each talking clip of which the guard keeps a face, a preview draft is driven by
the clip's own sound, of which a part in the middle is muted (a clip without sound: by that of the
first one that has it; then it is not said how it articulates). It is spoilt in one way at a time
(`calibration.spoilt`): mumbled, a third of the opening; leak, the source's own mouth where the dub
is silent; torn, one half of the mouth moved down; blurred; flicker, another shade every six
frames; edged, a rim that shows. All are measured as the job `score` does.

Clips whose name's CRC32 is even are those on which limits may be chosen; the odd ones are held out.
Of both halves it prints, for each measure: what right drafts have; the AUC of each spoilt kind
against right; and the share that breaks the limit in force (null: the limit that no more than 2 %
of the even half's right drafts break). Intervals are over people: clips whose names differ in
`_0`, `_1` at their end are one person's. --rows keeps what was measured; clips that are in it are
not measured again, so that a long run can be stopped.
"""

import argparse
import csv
import logging
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from shares import over_people
from talking import (
    Clip,
    Shot,
    Stopwatch,
    driven,
    laid_in,
    looked_at,
    muted,
    prepared,
    shots,
    spoken,
)

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.audio.voice_activity import sound_frames, speech_frames
from mouthpiece.calibration import spoilt
from mouthpiece.config.picture import PictureLimits
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.registry import create_engine
from mouthpiece.media.decode import read_rgb
from mouthpiece.patches.patch import Patch
from mouthpiece.scorers.picture import picture_measures
from mouthpiece.scorers.picture_verdict import MEASURES, Measure, picture_findings
from mouthpiece.training import intervals

LEAST_S = 2.0
MUMBLED_STRENGTH = 0.33
REFUSED_PERCENT = 2
SPOILT = {
    "mumbled": ("opening_ratio", "width_ratio"),
    "leak": ("mouth_in_silence_s", "open_in_silence_s"),
    "torn": ("asymmetry",),
    "blurred": ("detail",),
    "flicker": ("shade_step",),
    "edged": ("seam",),
}
"""The kinds of faults, and the measures that are to see them."""
HEARD = ("mouth_in_silence_s", "open_in_silence_s", "opening_ratio", "width_ratio")
"""Measures of the face that is found in the result, which takes longest: only of some kinds."""
VIDEOS = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".m4v"}
COLUMNS = ("clip", "kind", "silence_s", *(measure.name for measure in MEASURES))


@dataclass(frozen=True)
class Draft:
    """A measured draft.

    Attributes:
        clip: The clip's name.
        kind: `right`, or how it is spoilt.
        found: The measures; NaN where one could not be judged.
    """

    clip: str
    kind: str
    found: dict[str, float]

    @property
    def person(self) -> str:
        """Whose clip it is."""
        return Clip(self.clip, Path(), None).person

    @property
    def held_out(self) -> bool:
        """Whether no limit is chosen by it."""
        return zlib.crc32(self.clip.encode()) % 2 == 1

    @property
    def measured(self) -> dict[str, float]:
        """What could be judged."""
        return {name: value for name, value in self.found.items() if not np.isnan(value)}


def main() -> None:
    """Draw, spoil, measure and print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path, help="a table to add to")
    parser.add_argument("--seconds", type=float, default=5, help="of each cut, at most")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    options = parser.parse_args()
    sources = sorted(p for p in options.folder.iterdir() if p.suffix.lower() in VIDEOS)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        rows = options.rows or work / "rows.tsv"
        known = {draft.clip for draft in read(rows)}
        fresh = [source for source in sources if source.stem not in known]
        lender = next((c.speech for s in sources if (c := prepared(s, work)).speech), None)
        for source in fresh:
            clip = prepared(source, work)
            shot = _shot(clip, lender, options.seconds)
            drafts = list(measured(shot, Path(temporary))) if shot else [Draft(clip.name, "", {})]
            append(rows, drafts)
        report([draft for draft in read(rows) if draft.kind])


def _shot(clip: Clip, lender: Path | None, seconds: float) -> Shot | None:
    """The first cut with a face; with the lender's sound where it has none."""
    watched = shots(clip, Stopwatch(), LEAST_S, seconds)
    shot = next((shot for shot in watched if shot.tracks), None)
    if shot is None or shot.sound or lender is None:
        return shot if shot and shot.sound else None
    samples = np.resize(Speech.load(lender).samples, round(SAMPLE_RATE * shot.duration_s))
    return replace(shot, sound=spoken(samples))


def measured(shot: Shot, folder: Path) -> Iterator[Draft]:
    """The draft of a shot and its spoilt copies, each measured."""
    sound, _, _ = muted(shot)
    said = speech_frames(sound, shot.clock)
    voiced = sound_frames(sound, shot.clock, said)
    avatar = folder / "avatar.zip"
    preview = create_engine(PreviewSettings())
    preview.prepare(read_rgb(shot.clip.mezzanine, shot.clock), shot.tracks[0], avatar)
    right = driven(shot, avatar, sound, preview, Stopwatch())
    kinds: dict[str, list[Patch]] = {
        "right": right,
        "torn": list(spoilt.torn(right)),
        "blurred": list(spoilt.blurred(right)),
        "flicker": list(spoilt.flickering(right)),
        "edged": list(spoilt.edged(right)),
    }
    if shot.clip.speech:
        weak = create_engine(PreviewSettings(strength=MUMBLED_STRENGTH))
        kinds["mumbled"] = driven(shot, avatar, sound, weak, Stopwatch())
        kinds["leak"] = list(spoilt.leaking(right, [not one for one in voiced]))
    for kind, patches in kinds.items():
        own = shot.tracks[0].points
        heard = bool(shot.clip.speech) and kind in ("right", "mumbled", "leak")
        if heard:
            drawn = laid_in(shot, patches, Stopwatch(), ~voiced)
            looks, points = drawn.looks, drawn.points
        else:
            looks, points = looked_at(shot, patches), own
        found = asdict(picture_measures(looks, points, own, said, voiced, float(shot.clock.rate)))
        if not heard:
            found |= dict.fromkeys(HEARD)
        values = {name: np.nan if value is None else value for name, value in found.items()}
        yield Draft(shot.clip.name, kind, values)


def append(rows: Path, drafts: list[Draft]) -> None:
    """Add drafts to a table."""
    is_new = not rows.exists()
    with rows.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", restval="nan")
        if is_new:
            writer.writeheader()
        writer.writerows({"clip": d.clip, "kind": d.kind, **d.found} for d in drafts)


def read(rows: Path) -> list[Draft]:
    """Read the table."""
    if not rows.exists():
        return []
    with rows.open(newline="") as file:
        return [
            Draft(row["clip"], row["kind"], {name: float(row[name]) for name in COLUMNS[2:]})
            for row in csv.DictReader(file, delimiter="\t")
        ]


def report(drafts: list[Draft]) -> None:
    """Print both halves, each measure by itself and all together."""
    limits = in_force(drafts)
    for held_out, title in ((False, "even names (tuned on)"), (True, "odd names (held out)")):
        half = [draft for draft in drafts if draft.held_out is held_out]
        people = sorted({draft.person for draft in half})
        print(f"\n{title}: {len({d.clip for d in half})} clips, {len(people)} people")
        for measure in MEASURES:
            _report_measure(measure, half, limits)
        for name, judged_only in (("doubtful", True), ("doubtful or reported", False)):
            broken = defaultdict(list)
            for draft in half:
                if draft.kind == "right":
                    told = [
                        f for f in findings(draft, PictureLimits()) if f.judged or not judged_only
                    ]
                    broken[draft.person].append(float(bool(told)))
            print(f"right drafts that are {name}: {_text(over_people(broken))}")


def in_force(drafts: list[Draft]) -> PictureLimits:
    """The limits of the config; those that are null by the even half's right drafts."""
    limits, chosen = PictureLimits(), {}
    for measure in MEASURES:
        right = [d.found[measure.name] for d in drafts if d.kind == "right" and not d.held_out]
        if getattr(limits, measure.limit) is None and not np.isnan(right).all():
            percent = REFUSED_PERCENT if measure.at_least else 100 - REFUSED_PERCENT
            chosen[measure.limit] = round(float(np.nanpercentile(right, percent)), 3)
    return limits.model_copy(update=chosen)


def findings(draft: Draft, limits: PictureLimits) -> list:  # type: ignore[type-arg]
    """The limits that a draft breaks."""
    return picture_findings(draft.measured, limits)


def _report_measure(measure: Measure, half: list[Draft], limits: PictureLimits) -> None:
    groups = {
        kind: _by_person(half, kind, measure.name)
        for kind in ("right", *(k for k, names in SPOILT.items() if measure.name in names))
    }
    right = [value for values in groups["right"] for value in values]
    if not right:
        return
    is_set = getattr(PictureLimits(), measure.limit) is not None
    spread = np.percentile(right, [0, 2, 10, 50, 90, 98, 100]).round(3)
    print(f"{measure.name}: right 0/2/10/50/90/98/100 % {spread}")
    print(f"  limit {getattr(limits, measure.limit)}{'' if is_set else ' (none in force)'}")
    sign = -1 if measure.at_least else 1
    for kind, values in groups.items():
        broken = defaultdict(list)
        for draft in half:
            if draft.kind == kind and measure.name in draft.measured:
                told = [f for f in findings(draft, limits) if f.fault == measure.fault]
                broken[draft.person].append(float(bool(told)))
        line = (
            f"  {kind:8} breaks it: {_text(over_people(broken))}, {sum(map(len, broken.values()))}"
        )
        if kind != "right":
            signed = (
                [[sign * v for v in group] for group in part] for part in (values, groups["right"])
            )
            line += f"; AUC against right {_text(intervals.separation(*signed))}"
        print(line)


def _by_person(half: list[Draft], kind: str, name: str) -> list[list[float]]:
    """The values of each person's drafts of a kind; all kinds have the same people."""
    return [
        [d.found[name] for d in half if (d.person, d.kind) == (person, kind) and name in d.measured]
        for person in sorted({draft.person for draft in half})
    ]


def _text(figure: dict) -> str:  # type: ignore[type-arg]
    low, high = figure["interval_95"]
    return f"{figure['value']:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
