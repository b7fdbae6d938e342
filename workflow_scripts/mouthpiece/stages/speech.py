"""Stage `speech`: a sound track at the rate that the networks take."""

from pathlib import Path

import av
import soundfile

from ..audio.downmix import write_mono
from ..core.errors import InputError
from ..core.files import atomic
from ..media.ffmpeg import FfmpegError


def write_speech(sound: Path, speech: Path) -> None:
    """Write the first sound track of a file as 16 kHz mono.

    Args:
        sound: A sound file, or a film with sound. Workflow: dub.flac or source.flac.
        speech: The WAV file to write, 16 bit. Where channels cancel each other, the strongest is
            taken alone: see `audio.downmix`.

    Raises:
        InputError: The file cannot be read as sound, or has no sample.
    """
    with atomic(speech) as temporary:
        try:
            write_mono(sound, temporary)
        except (av.FFmpegError, FfmpegError) as error:
            raise InputError(f"{sound}: cannot be read as sound: {error}") from None
        if soundfile.info(temporary).frames == 0:
            raise InputError(f"{sound}: the dub has no sound, its length is zero")
