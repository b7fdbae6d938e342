"""The clips of a folder for benchmarks/people.py: whose they are, their cuts, and whose sound each
cut may get.
"""

import functools
import logging
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from people_bench import Bench
from people_cuts import Parts
from talking import Clip, Shot, Stopwatch, prepared, shots, without_number

from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.core.errors import Fault, InputError, location_of

LEAST_S = 2.0
VIDEOS = {
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"),
    *(".mxf", ".wmv", ".flv", ".3gp", ".ogv"),
}


@dataclass(frozen=True)
class How:
    """What is asked of every cut.

    Attributes:
        parts: What is measured.
        seconds: Of each cut, at most.
        scorer: The scorer's name.
        folder: Where avatars go.
        numbered: Whether clips whose names differ only in a number at the end are one person's.
    """

    parts: Parts
    seconds: float
    scorer: str
    folder: Path
    numbered: bool = False


@dataclass(frozen=True)
class Source:
    """A clip that is to be watched, whose it is, and where what is made of it goes."""

    path: Path
    name: str
    person: str
    work: Path
    how: How


@dataclass(frozen=True)
class Watched:
    """The cuts of a clip, what a run finds of who speaks in each, by its name, and the times; the
    guard's frames/s of each, by its name; the row of a clip without any.
    """

    shots: list[Shot]
    speakers: dict[str, dict[str, Any]]
    stopwatch: Stopwatch
    guard_fps: dict[str, float] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Cut:
    """A cut that is to be measured, its number in its folder, those whose sound it may get, what is
    found of who speaks, and the guard's frames/s.
    """

    shot: Shot
    number: int
    others: list[Shot]
    speakers: list[dict[str, Any]]
    how: How
    guard_fps: float = float("nan")


@functools.cache
def bench_of(scorer: str, folder: Path) -> Bench:
    """What measures, once a process."""
    return Bench(scorer, Path(tempfile.mkdtemp(dir=folder)))


def sources(folder: Path, work: Path, how: How) -> list[Source]:
    """The clips of a folder, in the order of their names."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEOS)
    count = Counter(path.stem for path in paths)
    names = [path.stem if count[path.stem] == 1 else path.name for path in paths]
    people = persons(names, how.numbered)
    return [
        Source(path, name, people[name], work, how) for path, name in zip(paths, names, strict=True)
    ]


def persons(names: Iterable[str], numbered: bool = False) -> dict[str, str]:
    """Whose each clip is: `anna_2` is anna's where there is a clip `anna`, too, or where names are
    said to be numbered by person; else each clip is another person's.
    """
    known = set(names)
    plain = {name: without_number(name) for name in known}
    return {name: plain[name] if numbered or plain[name] in known else name for name in known}


def watch(source: Source) -> Watched:
    """Watch a clip, and ask who speaks in each of its cuts."""
    bench = bench_of(source.how.scorer, source.how.folder)
    row = {"cut": source.name, "person": source.person}
    try:
        clip = prepared(source.path, source.work, source.name, source.person)
        found, guard_fps = [], {}
        for shot, guard in _timed(clip, source.how.seconds):
            found.append(shot)
            guard_fps[shot.name] = guard.rate("guard")
            bench.stopwatch.add(guard)
        judged = [shot for shot in found if shot.tracks and shot.sound is not None]
        speakers = {shot.name: bench.speaker(shot) for shot in judged}
    except Exception as error:  # one clip must not stop the others
        row |= {"guard": "unreadable", "guard_reasons": told(error)}
        return Watched([], {}, bench.emptied()[1], rows=[row])
    short = {"guard": "too_short", "guard_reasons": f"no cut of {LEAST_S:g} s"}
    rows = [] if found else [row | short]
    return Watched(found, speakers, bench.emptied()[1], guard_fps, rows)


def _timed(clip: Clip, longest_s: float) -> Iterator[tuple[Shot, Stopwatch]]:
    """The cuts of a clip, and what the guard took for each."""
    stopwatch = Stopwatch()
    for shot in shots(clip, stopwatch, LEAST_S, longest_s):
        yield shot, replace(stopwatch)
        stopwatch.seconds, stopwatch.frames = {}, {}


def told(error: Exception) -> str:
    """An error in one line; of one that nobody expected the place, and the rest in the log."""
    if isinstance(error, InputError | Fault):
        return " ".join(str(error).split())
    logging.error("a clip is left out", exc_info=error)
    return f"unexpected, {location_of(error)}"


def cuts(clips: list[Watched], how: How) -> list[list[Cut]]:
    """The cuts of each clip of a folder, each with the findings of all cuts of its clip, its own
    first.
    """
    voices = [s for clip in clips for s in clip.shots if s.sound is not None and _speaks(s)]
    found: list[list[Cut]] = []
    for clip in clips:
        first = sum(map(len, found))
        found.append([])
        for number, shot in enumerate(clip.shots, first):
            film = [name for name in clip.speakers if name != shot.name]
            names = (shot.name, *film) if shot.name in clip.speakers else ()
            findings = [clip.speakers[name] for name in names]
            others = _others(shot, voices, number)
            fps = clip.guard_fps.get(shot.name, float("nan"))
            found[-1].append(Cut(shot, number, others, findings, how, fps))
    return found


def left_out(cuts: list[Cut], parts: Parts) -> Iterator[str]:
    """What is not measured because other voices are missing, and why."""
    judged = [cut for cut in cuts if cut.speakers]
    alone = [cut.shot.name for cut in judged if not cut.others]
    one = [cut.shot.name for cut in judged if len(cut.others) == 1]
    why = "a voice is another person's cut in which somebody speaks for more than half of the time"
    if alone:
        skipped = "part dub and swapped sound are" if "dub" in parts else "swapped sound is"
        yield f"{_listed(alone)}: no other voice: {skipped} left out; {why}"
    if one and "dub" in parts:
        yield f"{_listed(one)}: one other voice only: one draft, without swapped sound; {why}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _others(shot: Shot, voices: list[Shot], number: int) -> list[Shot]:
    """Shots in which two other persons speak; those without a voice take turns by their number."""
    at = voices.index(shot) if shot in voices else number % max(1, len(voices))
    ring = voices[at + 1 :] + voices[:at]
    found: dict[str, Shot] = {}
    for other in ring:
        if other.clip.person != shot.clip.person and len(found) < 2:
            found.setdefault(other.clip.person, other)
    return list(found.values())


def _speaks(shot: Shot) -> bool:
    assert shot.sound
    return float(speech_frames(shot.sound, shot.clock).mean()) > 0.5
