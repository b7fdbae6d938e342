"""Stage `sound`: the sound track of a film, encoded beside the drawing of its cuts.

It plans how long the film will be; stage `film` keeps to that.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ..audio.film_plan import plan_film
from ..config.delivery import Delivery
from ..core.files import atomic, write_json
from ..core.notes import Note
from ..media.sound_track import encode_sound

log = logging.getLogger(__name__)


def sound(
    *,
    dub: Path,
    source: Path,
    policy: str,
    language: str,
    track: Path,
    facts: Path,
    settings: Delivery,
    mixed: Path | None = None,
    mix: Path | None = None,
) -> None:
    """Encode the sound of a film, as long as the film will be.

    Args:
        dub: The film's dub.flac, which the length of the film is planned by.
        source: The source.json of its video.
        policy: What is done where dub and picture differ in length: see `audio.film_length.fit`.
        language: The dub's language, a BCP-47 tag.
        track: The M4A file to write.
        facts: What was done, to write, JSON.
        settings: The config section `delivery`, of which the bit rate and the limits of length
            are read.
        mixed: What is heard, if it is not the dub: its mix.flac.
        mix: What was done to make that, mix.json; None: it was given.

    Raises:
        InputError: Dub and picture differ in length, and the policy refuses that.
        FfmpegError: ffmpeg refused.
        Fault: A file is broken.
    """
    plan = plan_film(dub, source, policy, settings)
    heard, kbps = mixed or dub, settings.audio_bitrate_kbps
    with atomic(track) as temporary:
        encoded = partial(encode_sound, heard, plan.length_s, language, temporary, kbps)
        notes = encoded()
        loudness, loud_notes = _loudness(temporary, mix, encoded) if mix else ({}, [])
    log.info("%d frames of sound at %d kbit/s", plan.frames, kbps)
    write_json(
        facts,
        {
            "version": 1,
            "shown_frames": plan.length.shown_frames,
            "held_frames": plan.length.held_frames,
            **loudness,
            "notes": [note.row for note in (*plan.length.notes, *notes, *loud_notes)],
        },
    )


def _loudness(
    track: Path, mix: Path, encoded: Callable[[float], list[Note]]
) -> tuple[dict[str, Any], list[Note]]:
    """How loud an encoded track is, and what a user should know of it.

    Where the codec took so much of it that the target is missed, it is encoded once more, with a
    gain.
    """
    from ..audio.film_loudness import measure_loudness

    measured, gain_db = measure_loudness(track, mix), 0.0
    if measured.missing_lu:
        gain_db = measured.missing_lu
        encoded(gain_db)
        measured = measure_loudness(track, mix)
    return {"loudness": {**measured.facts, "codec_gain_db": gain_db}}, measured.notes
