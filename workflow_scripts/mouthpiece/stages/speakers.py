"""Stage `speakers`: in which cuts the speakers of a transcript are seen.

A speaker is tied to a cut in which the guard sees one face, that face speaks by the scorer's
verdict, and nearly all that is said is theirs. It is a stage of its own, so that the transcript
need not wait for all cuts to be looked at.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core.cuts import Cut, read_boundaries
from ..core.files import read_json, write_json
from ..core.source_sync import read_sync
from ..text.transcript import Segment, Speaker, read_transcript

LEAST_SHARE = 0.8
"""The share of the speech in a cut that is the speaker's."""

LEAST_S = 0.5
"""And how much of it there is, in seconds."""


@dataclass(frozen=True, kw_only=True)
class SpeakersRequest:
    """The request of stage `speakers`.

    Attributes:
        transcript: The transcript of the video.
        source: Its source.json.
        boundaries: Its boundaries.tsv.
        guards: The guard.json of each cut, in the order of the cuts.
        sync: The video's sync.json.
        speakers: What is written, JSON.
    """

    transcript: Path
    source: Path
    boundaries: Path
    guards: Sequence[Path]
    sync: Path
    speakers: Path


def write_speakers(request: SpeakersRequest) -> None:
    """Write the speakers of a transcript, with the cuts in which they are seen to speak.

    Args:
        request: The transcript and what is known of the cuts.

    Raises:
        Fault: A file is damaged.
    """
    transcript = read_transcript(request.transcript)
    rate = Fraction(read_json(request.source)["rate"])
    seen = defaultdict(list)
    sync = read_sync(request.sync)
    for cut, file in zip(read_boundaries(request.boundaries), request.guards, strict=True):
        guard = read_json(file)
        if not _one_face_speaks(guard, sync.speaker(cut.cut, guard)):
            continue
        if speaker := speaker_of(cut, rate, transcript.segments):
            seen[speaker].append(cut.cut)
    tied = [replace(one, cuts=tuple(seen[one.speaker])) for one in transcript.speakers]
    write_json(request.speakers, {"version": 1, "speakers": [asdict(one) for one in tied]})


def read_speakers(path: Path) -> list[Speaker]:
    """Read what `write_speakers` wrote.

    Args:
        path: A speakers.json.

    Returns:
        The speakers.
    """
    rows = read_json(path)["speakers"]
    return [Speaker(**{**row, "cuts": tuple(row["cuts"])}) for row in rows]


def speaker_of(cut: Cut, rate: Fraction, segments: Sequence[Segment]) -> str:
    """Find who says nearly all of what is said in a cut.

    Args:
        cut: The cut.
        rate: Frames/s of the film.
        segments: The segments of its transcript.

    Returns:
        The id of the speaker; empty where there is none.
    """
    first_s, end_s = float(cut.first_frame / rate), float(cut.end_frame / rate)
    said_s: dict[str, float] = defaultdict(float)
    for segment in segments:
        overlap_s = min(end_s, segment.end_s) - max(first_s, segment.start_s)
        said_s[segment.speaker] += max(0.0, overlap_s)
    most = max(said_s, key=lambda speaker: said_s[speaker], default="")
    if not most or said_s[most] < max(LEAST_S, LEAST_SHARE * sum(said_s.values())):
        return ""
    return most


def _one_face_speaks(guard: dict[str, Any], speaker: dict[str, Any]) -> bool:
    is_alone = guard["verdict"] == "lipsync" and not guard.get("contested", False)
    return is_alone and bool(speaker["verdict"] == "speaks")
