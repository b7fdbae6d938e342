"""A take as it is laid: without silence at its ends, stretched, at one rate and one loudness."""

import functools
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from ..core.errors import Fault
from ..core.files import scratch_folder
from ..media.ffmpeg import FfmpegError, ffmpeg
from .base import Sound
from .trim import speech_level_dbfs, trimmed

SAMPLE_RATE_HZ = 48000
"""Samples/s of takes and dub: the rate of film sound."""

LEVEL_DBFS = -23.0
"""The level of speech in a take. All takes have it, whoever speaks; the mix sets the loudness."""

PEAK_DBFS = -3.0
"""The highest peak of a take. A voice with higher ones is softer as a whole: nothing is limited."""

FADE_S = 0.005
"""The fades at both ends, in seconds: short enough for a plosive."""

MOST_FACTOR, LEAST_FACTOR = 2.0, 0.5
"""What one `atempo` does well; a chain does more."""

FILTERS_S = 30.0


def render(raw: Sound, share: float) -> Sound:
    """Make what is laid of what was spoken.

    Args:
        raw: What was spoken.
        share: The new length of the speech as a share of its own; its pitch stays.

    Returns:
        The take, at `SAMPLE_RATE_HZ`; without samples where all is silence.

    Raises:
        Fault: ffmpeg failed.
    """
    spoken = trimmed(raw.samples, raw.sample_rate_hz)
    if not len(spoken):
        return Sound(spoken, SAMPLE_RATE_HZ)
    filters = [f"aresample={SAMPLE_RATE_HZ}", *_stretching(share)]
    samples = trimmed(_filtered(spoken, raw.sample_rate_hz, filters), SAMPLE_RATE_HZ)
    return Sound(_faded(_levelled(samples)), SAMPLE_RATE_HZ)


@functools.cache
def has_rubberband() -> bool:
    """Tell whether ffmpeg has the filter rubberband, which stretches better than its own.

    Returns:
        Whether it has.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-filters"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=FILTERS_S, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return any(line.split()[1:2] == ["rubberband"] for line in done.stdout.splitlines())


def _stretching(share: float) -> list[str]:
    if share == 1:
        return []
    tempo = 1 / share
    if has_rubberband():
        # Formants stay where they are in any case, as the pitch does.
        return [f"rubberband=tempo={tempo:.6f}:transients=smooth:window=standard"]
    chain = []
    while not LEAST_FACTOR <= tempo <= MOST_FACTOR:
        step = MOST_FACTOR if tempo > 1 else LEAST_FACTOR
        chain.append(f"atempo={step}")
        tempo /= step
    return [*chain, f"atempo={tempo:.6f}"]


def _filtered(samples: np.ndarray, sample_rate_hz: int, filters: list[str]) -> np.ndarray:
    with scratch_folder() as folder:
        before, after = folder / "spoken.wav", folder / "fitted.wav"
        soundfile.write(before, samples, sample_rate_hz, subtype="FLOAT")
        try:
            ffmpeg(["-i", str(before), "-af", ",".join(filters), *_FLOAT, str(after)])
        except FfmpegError as error:
            raise Fault(f"ffmpeg cannot stretch a take: {error}") from None
        return _read(after)


_FLOAT = ("-c:a", "pcm_f32le")


def _read(path: Path) -> np.ndarray:
    samples, _ = soundfile.read(path, dtype="float32")
    return samples


def _levelled(samples: np.ndarray) -> np.ndarray:
    if not len(samples):
        return samples
    wanted_db = LEVEL_DBFS - speech_level_dbfs(samples, SAMPLE_RATE_HZ)
    most_db = PEAK_DBFS - 20 * np.log10(max(1e-6, float(np.abs(samples).max())))
    return samples * np.float32(10 ** (min(wanted_db, most_db) / 20))


def _faded(samples: np.ndarray) -> np.ndarray:
    length = min(len(samples) // 2, round(FADE_S * SAMPLE_RATE_HZ))
    ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[len(faded) - length :] *= ramp[::-1]
    return faded
