"""Stage `speech_cut`: a cut's part of the speech."""

from pathlib import Path

from ..audio.slices import write_slice
from ..media.mezzanine import cut_clock


def slice_speech(*, mezzanine: Path, cut: str, speech: Path, part: Path) -> None:
    """Write a cut's part of a film's speech, with context on both sides.

    Args:
        mezzanine: The mezzanine, for its frame rate.
        cut: The cut's id.
        speech: The film's speech, WAV, 16 kHz mono, 16 bit.
        part: The part to write, in the same form; see `audio.slices.write_slice`.
    """
    write_slice(speech, cut_clock(mezzanine, cut), part)
