"""What benchmarks/people.py measures of a cut, of the parts that are asked for."""

from typing import Any

import numpy as np
from people_bench import Bench, sounds_of
from people_drafts import closures, dub, own
from talking import Shot

from mouthpiece.media.decode import read_rgb

DRAFTS = frozenset(("dub", "own", "closed"))
Parts = frozenset[str]


def measured(
    shot: Shot,
    others: list[Shot],
    bench: Bench,
    offset_frames: int | None,
    number: int,
    parts: Parts,
) -> dict[str, Any]:
    """What can be measured of a face with sound, of the parts that are asked for."""
    row: dict[str, Any] = {}
    sounds = [np.resize(other.samples, len(shot.samples)) for other in others]
    if "source" in parts:
        bench.source(shot, others, offset_frames)
        for sound, samples in sounds_of(shot.samples, *sounds[:1]):
            found = bench.scored(shot.clip.person, sound, shot.face, samples, 0.0, shot.duration_s)
            row[f"source_{sound}"] = found and found.confidence
    if not parts & DRAFTS:
        return row
    avatar = bench.folder / "avatar.zip"
    with bench.stopwatch.times("bake", shot.clock.frames):
        pictures = read_rgb(shot.clip.mezzanine, shot.clock)
        bench.preview.prepare(pictures, shot.tracks[0], avatar)
    if "dub" in parts and sounds:
        row |= dub(bench, shot, avatar, sounds)
    if "own" in parts:
        row |= own(bench, shot, avatar, offset_frames or 0)
    return row | (closures(bench, shot, avatar, number) if "closed" in parts else {})
