"""Stage `faces`: which cuts of a video may be redrawn.

The sound of a source may be late or early as a whole. So who speaks is judged here once more, by
the offset that all cuts of the film agree on (`scorers.odds`). Each guard keeps the faces of a cut
if some offset would make one of them the speaker's; which one it is, is chosen here.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.cuts import read_boundaries
from ..core.faces_table import write_faces
from ..core.files import read_json
from ..core.notes import Note
from ..core.source_sync import SourceSync, write_sync
from ..scorers.base import SCORE_RATE
from ..scorers.odds import film_offset
from ..scorers.registry import scorer_settings
from ..scorers.settings import SpeakingLimits
from ..scorers.speaker_verdict import LATE_FRAMES, judge_in_film

log = logging.getLogger(__name__)


def list_faces(
    boundaries: Path,
    guards: Sequence[Path],
    table: Path,
    sync: Path,
    scorer: str,
    limits: SpeakingLimits,
) -> None:
    """Write faces.tsv and sync.json.

    Args:
        boundaries: The cuts of a video, boundaries.tsv.
        guards: The guard.json of each of them, in their order.
        table: The table to write.
        sync: The sync.json to write.
        scorer: The name of the scorer that judged the source.
        limits: When a face speaks.

    Raises:
        Fault: The table of cuts is damaged.
    """
    cuts = [cut.cut for cut in read_boundaries(boundaries)]
    found = {cut: read_json(guard) for cut, guard in zip(cuts, guards, strict=True)}
    judged = judge_film(found, scorer, limits)
    speakers = {cut: judged.speaker(cut, guard) for cut, guard in found.items()}
    redrawn = {cut: may_be_redrawn(guard, speakers[cut]) for cut, guard in found.items()}
    write_sync(judged, sync)
    write_faces(redrawn, table, {cut: one.get("face", 0) for cut, one in speakers.items()})
    log.info("%d of %d cuts may be redrawn", sum(redrawn.values()), len(redrawn))


def judge_film(
    guards: Mapping[str, dict[str, Any]], scorer: str, limits: SpeakingLimits
) -> SourceSync:
    """Find by how much the sound of a film is late, and judge its cuts with that taken out.

    Args:
        guards: Cut -> its guard.json.
        scorer: The name of the scorer that judged the source.
        limits: When a face speaks.

    Returns:
        The offset of the film, and what follows for each cut whose face has a score.
    """
    scored = {
        cut: guard["speaker"]
        for cut, guard in guards.items()
        if guard["speaker"]["score"].get("scorer") == scorer
    }
    scores = [speaker["score"] for speaker in scored.values()]
    odds = scorer_settings()[scorer].odds_by(scores[0]) if scores else None
    offset = film_offset(scores, odds) if odds else None
    log.info("offset of the source: %s", offset)
    speakers = {
        cut: judge_in_film(speaker, offset, limits, scorer) for cut, speaker in scored.items()
    }
    notes = (late_note(offset),) if offset is not None and abs(offset) >= LATE_FRAMES else ()
    return SourceSync(offset, speakers, notes)


def late_note(offset_frames: int) -> Note:
    """Tell by how much the sound of a source is late or early.

    Args:
        offset_frames: The offset of the film, in frames of 25 fps.

    Returns:
        The note.
    """
    ms = 1000 * -offset_frames // SCORE_RATE
    values: dict[str, str | int | float] = {"frames": abs(offset_frames), "ms": abs(ms)}
    return Note("source_late" if ms > 0 else "source_early", values)


def may_be_redrawn(guard: Mapping[str, Any], speaker: Mapping[str, Any]) -> bool:
    """Tell whether a cut may be redrawn.

    Args:
        guard: Its guard.json.
        speaker: What was found of who speaks in it.

    Returns:
        Whether there is a face, and nothing against it.
    """
    return bool(guard.get("tracked", guard["redrawn"])) and not speaker["reasons"]
