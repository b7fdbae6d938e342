"""Write a film's review page."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..config.guard import Guard
from ..core.cut_table import read_table
from ..core.files import atomic, read_json
from ..core.timeline import Clock
from ..project.settings import Gate
from ..review.page import Film, limits_of, write_clips, write_page
from ..review.reasons import Thresholds

log = logging.getLogger(__name__)


def review(
    *,
    video: str,
    language: str,
    clocks: Sequence[Clock],
    table: Path,
    originals: Sequence[Path],
    lipsynced: Sequence[Path],
    guards: Sequence[Path],
    scores: Sequence[Path],
    source_audio: Path,
    dub: Path,
    guard: Guard,
    gate: Gate,
    presets: Mapping[str, Sequence[str]],
    folder: Path,
) -> None:
    """Write a film's review page into `folder`, whole or not at all.

    clocks, originals, lipsynced, guards and scores: the frames, the segments, the guard's verdicts
    and the drafts' scores, in the order of the table's rows; an empty file, or {}, where a cut has
    no draft. presets: the names of each engine's presets. Raises Fault where a sound cannot be
    read.
    """
    film = Film(video, language, clocks[0].rate)
    rows = read_table(table)
    with atomic(folder) as temporary:
        clips = write_clips(temporary, rows, clocks, originals, lipsynced, source_audio, dub)
        for row, score in zip(rows, scores, strict=True):
            scored = read_json(score)
            clips[row["cut"]] = replace(
                clips[row["cut"]],
                speech=tuple(map(tuple, scored.get("speech", ()))),
                course=tuple(scored.get("course", ())),
            )
        limits = {row["cut"]: limits_of(path) for row, path in zip(rows, guards, strict=True)}
        write_page(temporary, film, rows, Thresholds.of(guard, gate), clips, presets, limits)
    log.info("%d cuts, %d with a draft", len(rows), sum(bool(c.draft) for c in clips.values()))
