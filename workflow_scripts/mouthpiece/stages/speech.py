"""Stage `speech`: a sound track at the rate that the networks take."""

from pathlib import Path

import soundfile

from ..audio.speech import SAMPLE_RATE
from ..core.errors import InputError
from ..core.files import atomic
from ..media.ffmpeg import FfmpegError, ffmpeg
from ..media.url import url


def write_speech(sound: Path, speech: Path) -> None:
    """Write the first sound track of a file as 16 kHz mono.

    Args:
        sound: A sound file, or a film with sound. Workflow: dub.flac or source.flac.
        speech: The WAV file to write, 16 bit.

    Raises:
        InputError: The file cannot be read as sound, or has no sample.
    """
    with atomic(speech) as temporary:
        try:
            ffmpeg(
                ["-i", url(sound), "-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE),
                 "-c:a", "pcm_s16le", "-bitexact", url(temporary)]
            )  # fmt: skip
        except FfmpegError as error:
            raise InputError(f"{sound}: cannot be read as sound: {error}") from None
        if soundfile.info(temporary).frames == 0:
            raise InputError(f"{sound}: the dub has no sound, its length is zero")
