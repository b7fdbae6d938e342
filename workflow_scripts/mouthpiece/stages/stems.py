"""Stage `stems`: the parts of a film's sound as files of one length, for another mix."""

import logging
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

from ..core.errors import Fault
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..core.notes import Note
from ..media.ffmpeg import ffmpeg
from ..media.url import url

if TYPE_CHECKING:
    from ..provenance.marks import Marks

log = logging.getLogger(__name__)

CODECS = {
    "wav": ("-c:a", "pcm_s24le", "-rf64", "auto", "-write_bext", "1"),
    "flac": ("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"),
}
"""How a stem is written, by form. A WAV of more than 4 GB is an RF64."""

SPOKEN = ("dialogue", "mix")
"""The stems in which the dub is heard."""


def stems(
    *,
    mix: Path,
    dialogue: Path | None,
    background: Path | None,
    film: Path,
    source: Path,
    form: str,
    name: str,
    folder: Path,
    facts: Path,
    marks: "Marks | None" = None,
) -> None:
    """Write the stems of a film: all begin with its first picture and have its length.

    Dialogue and background are those before the mix: neither ducked, nor set to the loudness
    target. The sample rate is the mix's; each has its own channels.

    Args:
        mix: What is heard in the film.
        dialogue: The dub alone; None where the mix was given.
        background: The background alone; None where the mix was given.
        film: The film.json of the film.
        source: The source.json of its video.
        form: `wav` or `flac`.
        name: What the files are called, such as "talk.de".
        folder: The folder to write, with `NAME.STEM.FORM` for each stem.
        facts: The JSON file to write: notes.
        marks: What dialogue and mix are marked with; None where they are not.

    Raises:
        Fault: A sound is broken, or the machine failed.
    """
    given = {"dialogue": dialogue, "background": background, "mix": mix}
    sounds = {stem: file for stem, file in given.items() if file}
    rate = Fraction(read_json(source)["rate"])
    hz = soundfile.info(mix).samplerate
    samples = round(read_json(film)["frames"] / rate * hz)
    notes = [] if dialogue else [Note("stems_mix_alone")]
    with atomic(folder) as temporary, temporary_folder(folder) as bare_folder:
        temporary.mkdir()
        for stem, sound in sounds.items():
            path, bare = (place / f"{name}.{stem}.{form}" for place in (temporary, bare_folder))
            _write(sound, bare, hz, samples, form, f"{name}: {stem}")
            if marks and stem in SPOKEN:
                notes += [note for note in marks.apply(bare, path) if note not in notes]
            else:
                bare.rename(path)
            if (found := soundfile.info(path).frames) != samples:
                raise Fault(f"{path.name}: came out with {found} samples, not {samples}")
    log.info("%s, %d samples at %d Hz", ", ".join(sounds), samples, hz)
    write_json(
        facts,
        {
            "version": 1,
            "sample_rate_hz": hz,
            "samples": samples,
            "stems": list(sounds),
            "notes": [note.row for note in notes],
        },
    )


def _write(sound: Path, path: Path, hz: int, samples: int, form: str, label: str) -> None:
    """Write a stem. Its label is in the bext chunk (EBU Tech 3285) or the title."""
    ffmpeg([
        "-i", url(sound), "-ar", str(hz),
        "-af", f"aresample={hz},apad=whole_len={samples},atrim=end_sample={samples}",
        *CODECS[form], "-map_metadata", "-1", "-metadata", f"description={label}",
        "-metadata", f"title={label}", "-metadata", "originator=Mouthpiece",
        "-metadata", "time_reference=0", "-fflags", "+bitexact", "-flags:a", "+bitexact", url(path),
    ])  # fmt: skip
