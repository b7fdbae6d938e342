"""Measure how often speakers, narrated faces and listeners are refused as not speaking.

    python benchmarks/narrated.py FOLDER [--listeners FOLDER] [--seconds 12] [--scorer embedded]
                                  [--keep WORK]

FOLDER holds talking clips of any people. The longest-spoken cut of each clip in which the guard
keeps a face is taken, or its beginning (--seconds). Nothing is fitted: weights and limits are those
in force. Shares of refused ones, with intervals of 95 % over the people whose face it is:

- speakers: faces with their own sound; narrated: talking faces with each other person's sound;
  whole, in pieces of 4 and of 2 s that overlap by half. "film": by the offset that the face's own
  clip tells, as in a film of many cuts; "alone": a cut of which nothing else tells the offset.
- listeners: faces in clips in which next to nothing is said (under half a second); with --listeners
  all faces of that folder in their place, whatever is heard there. "film": by the offset that the
  clip of who is heard tells, as in a film in which they are seen, too. Who is not always refused is
  named.
- resting: of the frames of a talker in which they say nothing, forward and back; by themselves.

The sound is heard with what is around it. Of other people's sound only pieces count that have the
speech which a refusal asks for (`silent_speech_s`); the share of own pieces is of all that can be
scored. A clip whose sound is not the face's own (a dubbed film, music) spoils the figure of
speakers: they are named where they are refused whole.
"""

import argparse
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from shares import over_people
from speaking_odds import VIDEOS, Talker, faces, own_offset, scored, voices
from talking import Stopwatch, prepared, shots

from mouthpiece.project.gate import Gate
from mouthpiece.scorers.base import SCORE_RATE, Seen
from mouthpiece.scorers.registry import create_scorer, scorer_settings
from mouthpiece.scorers.speaker_verdict import judge_in_film

LENGTHS_S: tuple[float | None, ...] = (None, 4, 2)
"""Of pieces; None: whole."""

LEAST_S, SAID_S, RESTING_S = 2.0, 0.5, 0.5
Refused = dict[tuple[str, float | None, str], dict[str, list[float]]]
"""(Kind, length, offset) -> person -> 1 for each refused piece, 0 for each other."""


def main() -> None:
    """Measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--listeners", type=Path, help="a folder of clips of people who are silent")
    parser.add_argument("--seconds", type=float, default=12, help="of each cut, at most")
    parser.add_argument("--scorer", default="embedded", help="one that needs no pictures")
    parser.add_argument("--keep", type=Path, help="a folder for what is made ready")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        hearing = scorer_settings()[options.scorer].hearing()
        people = list(faces(options.folder, work, hearing, options.seconds))
        if options.listeners:
            people = [one for one in people if _talks(one)]
            people += listeners(options.listeners, work, options.seconds)
    report(refusals(people, options.scorer), len(people), hearing)


def listeners(folder: Path, work: Path, longest_s: float) -> Iterator[Talker]:
    """The longest cut of each clip in which a clear face is seen; what is heard in it is left out.

    A clip may have the name of a clip of FOLDER: what is made ready lies in a folder of its own.
    """
    work = work / "listeners"
    work.mkdir(exist_ok=True)
    for source in sorted(p for p in folder.iterdir() if p.suffix.lower() in VIDEOS):
        clip = prepared(source, work)
        seen = [s for s in shots(clip, Stopwatch(), LEAST_S, longest_s) if s.tracks]
        if seen:
            face = max((shot.face for shot in seen), key=len)
            silence = np.zeros(len(face), bool)
            yield Talker(f"listener {clip.person}", face, np.zeros(0, np.float32), silence, None)


def refusals(people: list[Talker], scorer: str) -> Refused:
    """Judge all faces with all sounds."""
    limits = getattr(Gate().scorers, scorer).speaking_limits
    judge = create_scorer(scorer)
    found: Refused = defaultdict(lambda: defaultdict(list))
    offsets = {id(one): own_offset(one, scorer) for one in people if _talks(one)}
    for one in people:
        for other in voices(one, [p for p in people if p is one or _talks(p)]):
            for kind, face in _faces(one, other):
                for length_s, part in _parts(min(len(face), len(other.spoken))):
                    score = scored(judge, face[part], other, part)
                    spoken_s = score["speech_s"] if score else 0.0
                    if not score or (kind != "speaker" and spoken_s < limits.silent_speech_s):
                        continue
                    finding = {"score": score, "others": [], "mode": "passthrough"}
                    in_film = offsets.get(id(other if kind == "listener" else one))
                    for by in ("alone",) if kind == "resting" else ("film", "alone"):
                        told = judge_in_film(
                            finding, in_film if by == "film" else None, limits, scorer
                        )
                        refused = told["verdict"] == "not_speaking"
                        found[kind, length_s, by][one.person].append(float(refused))
                        if refused and kind == "speaker" and length_s is None:
                            print(f"refused by its own sound ({by}): {one.person}")
    return found


def _talks(one: Talker) -> bool:
    return bool(one.spoken.sum() >= LEAST_S * SCORE_RATE)


def _faces(one: Talker, other: Talker) -> Iterator[tuple[str, list[Seen]]]:
    """What is made of a face with a sound, and what it is called."""
    if one.spoken.sum() < SAID_S * SCORE_RATE and one is not other:
        yield "listener", one.face
    if _talks(one):
        yield "speaker" if one is other else "narrated", one.face
        quiet = np.flatnonzero(~one.spoken[: len(one.face)])
        if one is not other and len(quiet) >= RESTING_S * SCORE_RATE:
            there_and_back = np.resize([*quiet, *quiet[::-1]], len(one.face))
            yield "resting", [one.face[i] for i in there_and_back]


def _parts(frames: int) -> Iterator[tuple[float | None, slice]]:
    """The whole, and pieces that overlap by half."""
    for length_s in LENGTHS_S:
        length = frames if length_s is None else round(length_s * SCORE_RATE)
        for first in range(0, frames - length + 1, max(1, length // 2)):
            yield length_s, slice(first, first + length)


def report(found: Refused, people: int, hearing: str) -> None:
    """Print a line for each kind, length and offset."""
    print(f"{people} faces, {hearing}; refused as not speaking:")
    for (kind, length_s, by), persons in sorted(found.items(), key=lambda item: _order(item[0])):
        share = over_people(persons)
        low, high = share["interval_95"]
        length = "whole" if length_s is None else f"{length_s:g} s"
        print(
            f"{kind:9} {length:>5} {by:5} {share['value']:6.1%} [{low:.3f}, {high:.3f}]  "
            f"{share['clips']} people, {share['pieces']} pieces"
        )
    for person, refused in sorted(found["listener", None, "film"].items()):
        if not all(refused):
            print(f"{person}: refused with {sum(refused):.0f} of {len(refused)} sounds")


def _order(key: tuple[str, float | None, str]) -> tuple[str, float, str]:
    kind, length_s, by = key
    return kind, -(length_s or np.inf), by


if __name__ == "__main__":
    main()
