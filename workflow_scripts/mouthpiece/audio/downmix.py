"""A sound track mixed down to mono for the networks, without losing the voice.

The mean of the channels is what everyone takes, and it is silent where they cancel each other: a
microphone wired the wrong way round, a stereo effect. There the strongest channel is taken instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..core.files import temporary_folder
from ..media.ffmpeg import ffmpeg
from ..media.open import open_media
from ..media.url import url
from .speech import SAMPLE_RATE

BLOCK_S = 0.1
"""The mix is decided once in so much time, in seconds."""

FADE_S = 0.02
"""How long one mix fades into another, in seconds."""

VOICE_HZ = (200, 4000)
"""The frequencies of a voice, by which channels are compared: rumble that all channels share hides
a voice that cancels."""

SILENT = 1e-3
"""Amplitude below which a channel carries no sound: -60 dBFS."""

CANCELLED = 0.25
"""The power of a mix, as a share of what unrelated channels would give, below which its channels
cancel each other: 6 dB less, a correlation below -0.75."""

CENTRE_SHARE = 10**-1.2
"""The power of a centre channel, as a share of the loudest channel's, from which on it is taken to
hold the speech alone, as in films: 12 dB less."""

WEIGHTS = {"FC": 1.0, "FL": 0.71, "FR": 0.71, "LFE": 0.0, "LFE2": 0.0}
"""The weights of channels in a mix, by libav's names. Others, which surround the listener, have
`SURROUND_WEIGHT`."""

SURROUND_WEIGHT = 0.5


@dataclass(frozen=True)
class Downmix:
    """What mixing a sound track down to mono gave.

    Attributes:
        peak: The largest amplitude of the mix.
        power: Its mean square.
        cancelled_s: For how long its channels cancelled each other, in seconds.
        channel: The channel that was taken there most often, from 1 on; 0 where there was none.
    """

    peak: float
    power: float
    cancelled_s: float
    channel: int


def write_mono(sound: Path, mono: Path | None) -> Downmix:
    """Mix a sound track down.

    Args:
        sound: A sound file; its first track is taken.
        mono: The WAV file to write, 16 kHz mono, 16 bit; None: only measures are wanted.

    Returns:
        What it gave.

    Raises:
        FfmpegError: The file cannot be decoded.
        Fault: The machine failed.
    """
    with open_media(sound) as container:
        layout = container.streams.audio[0].codec_context.layout
        names = [channel.name for channel in layout.channels]
    with temporary_folder(mono or sound) as folder:
        channels = folder / "channels.wav"
        ffmpeg(
            [
                *("-i", url(sound), "-map", "0:a:0", "-ar", str(SAMPLE_RATE)),
                *("-c:a", "pcm_s16le", "-rf64", "auto", "-bitexact", url(channels)),
            ]
        )
        return _mix(channels, names, mono or folder / "mono.wav")


def _mix(channels: Path, names: list[str], mono: Path) -> Downmix:
    weights = _weights(channels, names)
    taken = np.zeros(len(names), int)
    peak = power = 0.0
    samples = 0
    last = weights
    with soundfile.SoundFile(mono, "w", SAMPLE_RATE, 1, "PCM_16", format="WAV") as written:
        for heard, voice in _blocks(channels):
            now = _without_cancelling(voice, weights)
            taken += (now != weights) & (now == 1)
            mixed = _faded(heard, last, now)
            last = now
            written.write(mixed)
            peak = max(peak, float(np.abs(mixed).max()))
            power += float(np.square(mixed).sum())
            samples += len(mixed)
    return Downmix(
        peak=peak,
        power=power / max(1, samples),
        cancelled_s=round(int(taken.sum()) * BLOCK_S, 3),
        channel=int(taken.argmax()) + 1 if taken.any() else 0,
    )


def _blocks(channels: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of a file, [N, C] float64, and what each holds of a voice; see `_voice`."""
    with soundfile.SoundFile(channels) as file:
        for block in file.blocks(round(BLOCK_S * SAMPLE_RATE), always_2d=True):
            yield block, _voice(block)


def _voice(block: np.ndarray) -> np.ndarray:
    """The frequencies of a voice in a block [N, C], [L, C] float64: their squares sum to its power.

    What is mixed of channels has the same mixture of these.
    """
    low, high = (round(hz * len(block) / SAMPLE_RATE) for hz in VOICE_HZ)
    lines = np.fft.rfft(block, axis=0)[low : high + 1] * (np.sqrt(2) / len(block))
    return np.concatenate([lines.real, lines.imag])


def _weights(channels: Path, names: list[str]) -> np.ndarray:
    """The weight of each channel in the mix, [C], of sum 1: those that carry sound share it."""
    peaks, powers = np.zeros(len(names)), np.zeros(len(names))
    for heard, voice in _blocks(channels):
        peaks = np.maximum(peaks, np.abs(heard).max(0))
        powers += np.square(voice).sum(0)
    sounding = peaks > SILENT if (peaks > SILENT).any() else np.ones(len(names), bool)
    if len(names) > 2 and "FC" in names:
        centre = names.index("FC")
        if sounding[centre] and powers[centre] >= CENTRE_SHARE * powers.max():
            return np.eye(len(names))[centre]
    known = np.array([WEIGHTS.get(name, SURROUND_WEIGHT) for name in names]) * sounding
    weights = known if known.any() else sounding.astype(float)
    return weights / weights.sum()


def _without_cancelling(voice: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weights for a block: those given, or the strongest channel alone."""
    powers = np.square(voice).sum(0)
    strongest = int(np.argmax(powers * (weights > 0)))
    if powers[strongest] < SILENT**2:
        return weights
    unrelated = float(np.square(weights) @ powers)
    mixed = float(np.square(voice @ weights).sum())
    return np.eye(len(weights))[strongest] if mixed < CANCELLED * unrelated else weights


def _faded(heard: np.ndarray, last: np.ndarray, now: np.ndarray) -> np.ndarray:
    """A block mixed with its weights, [N]; its start fades from the last block's."""
    mixed = heard @ now
    if not np.array_equal(last, now):
        fade = min(len(heard), round(FADE_S * SAMPLE_RATE))
        share = np.arange(1, fade + 1) / fade
        mixed[:fade] = (1 - share) * (heard[:fade] @ last) + share * mixed[:fade]
    return mixed
