"""Stage `dub`: the user's dub as dub.flac, the only dub that later stages read.

It is decoded once, onto the picture's clock: sample 0 is the start of the picture, and where the
sound starts late, or has a gap, there is silence. dub.json says what the file holds.
"""

import contextlib
import logging
from dataclasses import asdict
from pathlib import Path

from ..audio.downmix import Downmix, write_mono
from ..core.files import atomic, write_json
from ..core.notes import Note
from ..media.dub_file import decode_dub

log = logging.getLogger(__name__)

NOTED_CANCELLED_S = 0.5
"""For how long channels must cancel each other to be noted, in seconds. Wide effects do it for
moments."""


def write_dub(source: Path, dub: Path, facts: Path) -> None:
    """Decode a user's dub.

    Args:
        source: A sound file, or a film with sound.
        dub: The FLAC file to write: the source's own sample rate and layout (up to 8 channels), 16
            bit, or 24 bit where the source has more. Sample 0 is time 0: see `media.dub_file`.
        facts: What was found, to write, JSON.

    Raises:
        InputError: The file is missing, cut short or damaged, or has no sound.
        Fault: The machine failed.
    """
    with contextlib.ExitStack() as whole:
        decoded = whole.enter_context(atomic(dub))
        info = decode_dub(source, decoded)
        mixed = write_mono(decoded, None)
        notes = [note.row for note in (*info.notes, *_notes(mixed))]
        write_json(facts, {**info.facts, "speech": asdict(mixed), "notes": notes})
    log.info("%.3f s at %d Hz, %d errors", info.length_s, info.sample_rate, info.decode_errors)


def _notes(mixed: Downmix) -> list[Note]:
    if mixed.cancelled_s < NOTED_CANCELLED_S:
        return []
    values = {"channel": mixed.channel, "cancelled_s": mixed.cancelled_s}
    return [Note("downmix_cancelled", {**values})]
