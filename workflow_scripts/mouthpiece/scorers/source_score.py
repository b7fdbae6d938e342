"""The score of a source's own picture and sound, which drafts may be judged by."""

from pathlib import Path
from typing import Any

from ..core.files import read_json
from .speaker_verdict import score_of


def read_source_score(guard: Path | None, face: int) -> dict[str, Any] | None:
    """Read the score of the face that is redrawn, with the source's own sound.

    Args:
        guard: The cut's guard.json; None: drafts are not judged by it.
        face: The face's number among the tracks.

    Returns:
        The score, as `speaker_verdict.score_of` gives it; None where drafts are not judged by it.
    """
    found = read_json(guard)["speaker"] if guard else None
    return score_of(found, face) if found else None
