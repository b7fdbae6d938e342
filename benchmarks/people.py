"""Measure guard, speaker, gate and preview drafts on a folder of talking clips of any people.

    python benchmarks/people.py FOLDER ... [--parts source,dub,own,closed] [--jobs 1]
                                [--json J] [--tsv T] [--seconds 12] [--scorer embedded]
                                [--keep WORK] [--numbered]

Names of clips may be any, and each clip is another person: clip_01.mp4 to clip_20.mp4 are twenty.
Two rules make clips one person's. Where there is a clip `anna`, `anna_2` and `anna_03` are hers,
too. With --numbered so are all clips whose names differ only in a number at the end, after `_`.

Each cut of a clip that lasts at least 2 s is a row, of longer ones the beginning (--seconds). A
clip that cannot be read is a row, too, with guard=unreadable and the reason, and one without such a
cut, with guard=too_short; if a cut cannot be measured, column `fault` says why. Others go on.

- guard, speaker: their verdicts, as a run would have them. Where the guard refuses or there is no
  sound, the row ends there. film_offset: by how many frames of 25 fps the clip's sound comes before
  the lips, as a run finds it from all its cuts; empty where it is not sure.
- What needs other people's voices is left out, with a warning, where the folder has none: dub, and
  swapped sound. With one of them there is one draft, and no swapped sound for it.
- source: the scorer on the clip as it is filmed, with its own sound, with that of another person
  (swapped), and with its own moved by 3 and 5 frames; the best offset with its own. Over all: how
  well own sound is told from the others in pieces, by the probability that a run goes by (with the
  recognizer's encoder where it is there, and the film's offset) and by the scorer's confidence.
- dub: the same on two preview drafts, each driven by another person's sound (right), with the other
  one's (swapped), and moved. The verdicts are the gate's, at its defaults, in pieces of 5 s with at
  least 3 s of speech; dub_confidences are those of right pieces. They pass by sync, and by sync and
  picture (dub_right_whole_gate), which is the whole gate: of a right piece the picture is judged as
  in a run, of the others by what it shows without sound. dub_faults: what the pictures of right
  pieces show that makes them doubtful, a piece between two bars.
- own: a preview draft that is driven by the clip's own sound, moved to the lips by film_offset, of
  which a part in the middle is muted. Opening, width and rounding of the mouth that is found in the
  result, against the person's own track: correlation, outside the muted part (opening_r, width_r,
  rounding_r) and there where somebody speaks (opening_r_spoken and so on: in silence the lips of a
  draft are closed, also where the person's stand open); and range ratio: how
  far the drawn mouth goes there, over how far the person's does where somebody speaks in the cut.
  (An engine learns a person's range from all of the cut: who hardly opens the mouth outside the
  muted part does within it.)
  opening_lag: by how many frames it is later than the person's where both are most alike
  (opening_r_at_lag, without 8 frames at both ends): a film's offset that is not found costs much.
  open_in_silence: within the muted part, without 3 frames at both ends, the share of frames in
  which the mouth, looked at again where it seems open, is open by more than the person's rest and a
  tenth of their range (but no less than the gate counts: on shut lips, too, the mesh trembles), and
  how far it is, in ranges (open_in_silence_by). In all silences, as the gate counts them:
  silence_s, mouth_in_silence_s, open_in_silence_s; in those beside the muted part other_silences_s,
  open_in_other_silences_s. Where only the muted sound seems silent, as after the muted part if
  somebody goes on softly, is none. `beside`: how far the middle of the upper lip and of the corners
  is from where the mesh finds it in the source, in the worst frame, in distances of the outer eye
  corners. Of the picture: asymmetry beyond the person's own, shade steps, detail and seam, as
  `patches.looks` has them.
  own_faults: what makes it doubtful for the gate.
- closed: a preview draft that is driven by a sentence of espeak-ng, in another language for each
  cut, and never heard in training. The share of its p, b and m, inside the cut, at whose middle,
  within a frame, the mouth that is found in the result is as shut as in silence (see above). Empty
  without espeak-ng. (`closure_rate_voices` of training counts them alike, but asks the network's
  lips, before anything is drawn, for a gap under 1.5 % of the mouth's width.)

guard_fps, bake_fps, draw_fps and judge_fps: frames/s of a cut in the guard; in learning a face from
it; in drawing; and in laying drafts in, finding the face in them and measuring the picture.

Then figures over all, with intervals over people: persons are drawn again, not pieces. Parts that
were not asked for have none. Of `own`: in how many cuts a range is outside 0.7 to 1.3, the mouth is
open in the muted part, and in other silences; and how many drafts have each fault. Of `dub`
also a table of what would pass from which confidence: of these pieces, and of pieces of 3 s with
less than 3 s of speech.

Of several folders there are figures of each, and of all; other persons' sounds are of the same
folder. Any number of --jobs gives the same figures, but for the speeds. --keep holds what was made
ready for the next run: of one folder in WORK itself, of several in a folder for each.
"""

import argparse
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from people_cuts import DRAFTS, Parts, measured
from people_figures import CUT_S, CUT_SPEECH_S, SHORT_S, Pieces, pooled, report, write_table
from people_folder import Cut, How, Watched, bench_of, cuts, left_out, sources, told, watch
from people_gate import from_confidences, print_gate
from talking import Stopwatch

from mouthpiece.project.gate import Gate

PARTS: Parts = DRAFTS | {"source"}
TIMED = ("bake", "draw", "judge")

Job, Answer = TypeVar("Job"), TypeVar("Answer")
Map = Callable[[Callable[[Job], Answer], Iterable[Job]], Iterable[Answer]]


@dataclass
class Found:
    """Rows, pieces and times of some cuts."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    pieces: Pieces = field(default_factory=Pieces)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    def add(self, more: "Found") -> None:
        """Put those of other cuts after these."""
        self.rows += more.rows
        self.pieces.add(more.pieces)
        self.stopwatch.add(more.stopwatch)


def main() -> None:
    """Measure, print and write."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--parts", type=_parts, default=PARTS, help="default: all")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--tsv", type=Path)
    parser.add_argument("--seconds", type=float, default=12, help="of each cut, at most")
    parser.add_argument("--scorer", default="embedded", help="one that needs no pictures")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    parser.add_argument("--numbered", action="store_true", help="anna_0 and anna_1 are one person")
    options = parser.parse_args()
    names = [folder.resolve().name for folder in options.folders]
    if len(set(names)) < len(names):
        parser.error("two folders have one name")
    for folder in options.folders:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    with tempfile.TemporaryDirectory() as temporary, processes(options.jobs) as over:
        how = How(options.parts, options.seconds, options.scorer, Path(temporary), options.numbered)
        work = options.keep or Path(temporary) / "made"
        works = [work / name if len(names) > 1 else work for name in names]
        found = measure(list(zip(options.folders, works, strict=True)), how, over)
    summary = {name: _reported(name, one, how) for name, one in zip(names, found, strict=True)}
    if len(found) > 1:
        together = Found()
        for one in found:
            together.add(one)
        summary["all folders"] = _reported("all folders", together, how)
    if options.json:
        written = summary if len(names) > 1 else summary[names[0]]
        options.json.write_text(json.dumps(written, indent=1))
    if options.tsv:
        write_table([row for one in found for row in one.rows], options.tsv)


def _parts(text: str) -> Parts:
    asked = frozenset(text.split(","))
    if not asked <= PARTS:
        raise argparse.ArgumentTypeError(f"{text} is not of {', '.join(sorted(PARTS))}")
    return asked


@contextmanager
def processes(jobs: int) -> Iterator[Map]:
    """A map over so many processes; over this one, if it is one."""
    if jobs == 1:
        yield map
        return
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield pool.map


def measure(folders: list[tuple[Path, Path]], how: How, over: Map) -> list[Found]:
    """Measure the clips of each folder, whose prepared clips go to another one."""
    clips = [sources(folder, work, how) for folder, work in folders]
    for (folder, work), some in zip(folders, clips, strict=True):
        if not some:
            logging.warning("%s: no clip is there", folder)
        work.mkdir(parents=True, exist_ok=True)
    all_watched = iter(over(watch, [source for some in clips for source in some]))
    watched = [[next(all_watched) for _ in some] for some in clips]
    found_cuts = [cuts(some, how) for some in watched]
    for (folder, _), some in zip(folders, found_cuts, strict=True):
        for text in left_out([cut for of_clip in some for cut in of_clip], how.parts):
            logging.warning("%s: %s", folder, text)
    to_do = [cut for some in found_cuts for of_clip in some for cut in of_clip]
    measured_cuts = iter(over(_measure, to_do))
    return [
        _together(some, of_folder, measured_cuts)
        for some, of_folder in zip(watched, found_cuts, strict=True)
    ]


def _together(clips: list[Watched], cuts: list[list[Cut]], measured: Iterator[Found]) -> Found:
    """What was found of a folder, clip by clip."""
    together = Found()
    for clip, of_clip in zip(clips, cuts, strict=True):
        together.stopwatch.add(clip.stopwatch)
        together.rows += clip.rows
        for _ in of_clip:
            together.add(next(measured))
    return together


def _measure(cut: Cut) -> Found:
    """Measure a cut."""
    shot, bench = cut.shot, bench_of(cut.how.scorer, cut.how.folder)
    row: dict[str, Any] = {
        "cut": shot.name,
        "person": shot.clip.person,
        "seconds": round(shot.duration_s, 2),
        "guard": shot.verdict.verdict,
        "guard_reasons": ";".join(f"{r.code}={r.value:.3g}" for r in shot.verdict.reasons),
        "guard_fps": cut.guard_fps,
    }
    if cut.speakers:
        offset = bench.offset(cut.speakers)
        row |= bench.who(cut.speakers[0], offset)
        try:
            row |= measured(shot, cut.others, bench, offset, cut.number, cut.how.parts)
        except Exception as error:  # one cut must not stop the others
            row["fault"] = told(error)
    pieces, stopwatch = bench.emptied()
    row |= {f"{part}_fps": stopwatch.rate(part) for part in TIMED if part in stopwatch.seconds}
    return Found([row], pieces, stopwatch)


def _reported(title: str, found: Found, how: How) -> dict[str, Any]:
    """Print what was found, and give it as JSON values."""
    limits = Gate(scorer=how.scorer).draft_limits
    figures = pooled(found.pieces, found.rows, limits)
    rates = {part: round(found.stopwatch.rate(part), 1) for part in found.stopwatch.seconds}
    print(f"\n== {title}")
    report(found.rows, figures, rates)
    drafts = found.pieces.drafts
    tables = {
        f"pieces of {CUT_S:g} s with {CUT_SPEECH_S:g} s of speech": [
            draft for draft in drafts if draft.duration_s == CUT_S
        ],
        f"pieces of {SHORT_S:g} s with less": [
            draft
            for draft in drafts
            if draft.duration_s == SHORT_S and draft.speech_s < CUT_SPEECH_S
        ],
    }
    passes = {name: from_confidences(some, limits) for name, some in tables.items() if some}
    for name, table in passes.items():
        print_gate(name, table)
    return {"clips": found.rows, "pooled": figures, "passes": passes, "frames_per_s": rates}


if __name__ == "__main__":
    main()
