"""Stage `separate`: the voice of a source apart from its background.

Both stems have the source's sample rate, channels and length, and sum to the source. A background
that the user gave is taken as it is; the voice then is the whole source.
"""

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from ..core.files import atomic, write_json
from ..core.notes import Note
from ..separation.base import Separator
from ..separation.settings import SeparatorSettings
from ..separation.sound import Sound, StemWriter

log = logging.getLogger(__name__)

GIVEN = "given"
"""What separates where the user gave the background."""

NOT_HEARD_DBFS = -60.0
"""A stem below this level holds nothing that anyone hears."""


@dataclass(frozen=True)
class SeparateRequest:
    """What is separated, and how.

    Attributes:
        source: The source's source.flac.
        separator: The separator's name; see `given`.
        settings: Its settings.
        given: The background that the user gave, which is used instead; or None.
        voice: The voice to write, FLAC of 24 bit.
        background: The background to write, FLAC of 24 bit.
        facts: What was found, to write, JSON.
    """

    source: Path
    separator: str
    settings: SeparatorSettings
    given: Path | None
    voice: Path
    background: Path
    facts: Path


def separate(request: SeparateRequest) -> None:
    """Write the stems of a source.

    Args:
        request: What is separated, and how.

    Raises:
        InputError: The given background cannot be used, or weights are not there.
        Fault: The machine failed.
    """
    with contextlib.ExitStack() as whole:
        voice, background = (
            whole.enter_context(atomic(path)) for path in (request.voice, request.background)
        )
        sound = Sound(request.source)
        if request.given:
            found = _take(request.given, sound, voice, background)
        else:
            found = _separate(request, sound, voice, background)
        write_json(
            request.facts,
            {
                "version": 1,
                "sample_rate_hz": sound.rate_hz,
                "channels": len(sound.channels),
                "layout": sound.layout,
                "samples": sound.samples,
                **found.facts,
            },
        )
    log.info(
        "%s: voice %.1f dBFS, background %.1f dBFS",
        *(found.separator, found.voice_dbfs, found.background_dbfs),
    )


@dataclass(frozen=True)
class _Found:
    """What was written: by what, the levels of voice and background, the channels in which voices
    were looked for, whether some are still in the background, and what a user should know.
    """

    separator: str
    voice_dbfs: float
    background_dbfs: float
    separated: tuple[str, ...] = ()
    holds_voice: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def facts(self) -> dict[str, object]:
        """These as JSON values."""
        return {
            "separator": self.separator,
            "voice_dbfs": self.voice_dbfs,
            "background_dbfs": self.background_dbfs,
            "separated_channels": list(self.separated),
            "background_holds_voice": self.holds_voice,
            "notes": [note.row for note in self.notes],
        }


def _separate(request: SeparateRequest, sound: Sound, voice: Path, background: Path) -> _Found:
    separator: Separator = request.settings.build()
    with StemWriter(voice, sound) as voiced, StemWriter(background, sound) as rest:
        for stems in separator.stems(sound):
            voiced.add(stems.voice)
            rest.add(stems.background)
    separated = separator.separated(sound.channels)
    notes = []
    if separated and voiced.dbfs < NOT_HEARD_DBFS <= rest.dbfs:
        notes.append(Note("voice_not_found"))
    loudest_dbfs = max(voiced.dbfs, rest.dbfs)
    if loudest_dbfs < NOT_HEARD_DBFS:
        notes.append(Note("source_silent", {"dbfs": loudest_dbfs}))
    elif separator.holds_voice:
        notes.append(Note("background_holds_voice"))
    return _Found(
        request.separator,
        voiced.dbfs,
        rest.dbfs,
        separated,
        separator.holds_voice,
        tuple(notes),
    )


def _take(given: Path, sound: Sound, voice: Path, background: Path) -> _Found:
    from ..separation.given import take_background

    taken = take_background(given, sound, background)
    with StemWriter(voice, sound) as voiced:
        for block in sound.pieces():
            voiced.add(block)
    return _Found(GIVEN, voiced.dbfs, taken.dbfs, notes=taken.notes)
