"""The demo's sound: the source's own (a voice over music), and dubs for the reel.

The same versions of the packages give the same sound.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ..core.errors import Fault
from .reel import FRAMES, RATE, REEL, SOUND_RATE

VOICE_RATE = 24_000

LEAD_S = 0.3
"""Silence between the start of a cut and its first word."""

TAIL_S = 0.1
"""Least silence between a cut's last word and its end."""

AMBIENCE_DBFS = -46.0
"""Level of the reel's own sound."""

VOICE_DBFS, MUSIC_DBFS = -24.0, -32.0
"""Levels (RMS) of the source's voice and of the music under it."""

SEED = 1

CHORDS_HZ = (
    (220.0, 261.6, 329.6),
    (174.6, 220.0, 261.6),
    (196.0, 246.9, 293.7),
    (164.8, 207.7, 246.9),
)
"""The chords of the music, two seconds each."""

DUBS = {
    "en": {
        "good": "Good morning! I am driving to work today.",
        "no_face": "She stayed at home. The house is hers.",
        "close_up": "Now the camera comes closer. Look at my lips.",
        "spoilt": "Here my lips come late. Do not show this part.",
    },
    "en-GB": {
        "good": "Hello again! This is another voice track.",
        "no_face": "The cat has nothing to add.",
        "close_up": "Only the mouth may move. All else stays.",
        "spoilt": "This is the bad one. The gate throws it out.",
    },
}
"""The lines of each dub by language and cut. Nobody speaks while the two politicians are seen."""

SOURCE = {
    "good": "Good morning. I am on my way to work.",
    "no_face": "The cat stays at home today.",
    "close_up": "Now look at my lips. They learn a new language.",
    "spoilt": "This part goes wrong, and it is meant to.",
}
"""What the source says, by cut."""


def ambience() -> np.ndarray:
    """Make the reel's own sound: a quiet rumble, another one in each cut.

    Returns:
        Mono at `SOUND_RATE`, [N] float32.
    """
    rng = np.random.default_rng(SEED)
    return np.concatenate(
        [_rumble(rng, 200 * 2**n, _samples(s.frames)) for n, s in enumerate(REEL)]
    )


def _rumble(rng: np.random.Generator, corner_hz: float, samples: int) -> np.ndarray:
    """Noise whose power falls above `corner_hz`, faded in and out."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / SOUND_RATE)
    noise = np.fft.irfft(spectrum / (1 + (frequency / corner_hz) ** 2), samples)
    fade = np.minimum(1, np.minimum(np.arange(samples), np.arange(samples)[::-1]) / 480)
    return (noise / noise.std() * 10 ** (AMBIENCE_DBFS / 20) * fade).astype(np.float32)


def _samples(frames: int) -> int:
    return int(frames * SOUND_RATE / RATE)


def speak(lines: dict[str, str], voice: Callable[..., np.ndarray] | None = None) -> np.ndarray:
    """Speak a dub that is exactly as long as the reel, each line in its cut.

    Args:
        lines: What is said, by the name of the cut.
        voice: Called with a text and `seed`, returns samples at `VOICE_RATE`; default hibari-tts.

    Returns:
        Mono at `VOICE_RATE`, [N] float32.

    Raises:
        Fault: If a line is longer than its cut.
    """
    if voice is None:
        from hibari import Hibari

        voice = Hibari()
    dub = np.zeros(int(FRAMES * VOICE_RATE / RATE), np.float32)
    first = 0
    for shot in REEL:
        if shot.name in lines:
            words = voice(lines[shot.name], seed=SEED)
            start = int((first / RATE + Fraction(str(LEAD_S))) * VOICE_RATE)
            room = int(shot.frames / RATE * VOICE_RATE) - int((LEAD_S + TAIL_S) * VOICE_RATE)
            if len(words) > room:
                raise Fault(
                    f"the line of cut {shot.name} lasts {len(words) / VOICE_RATE:.2f} s; "
                    f"there are {room / VOICE_RATE:.2f} s"
                )
            dub[start : start + len(words)] = words
        first += shot.frames
    return dub


def source_sound(voice: Callable[..., np.ndarray] | None = None) -> np.ndarray:
    """Make the source's own sound: a voice in the middle, over music.

    Args:
        voice: See `speak`.

    Returns:
        Stereo at `SOUND_RATE`, [N, 2] float32.
    """
    from scipy.signal import resample_poly  # it takes two seconds to import

    spoken = resample_poly(speak(SOURCE, voice), SOUND_RATE, VOICE_RATE)
    played = music(len(spoken))
    return (_at_level(spoken, VOICE_DBFS)[:, None] + _at_level(played, MUSIC_DBFS)).astype(
        np.float32
    )


def music(samples: int) -> np.ndarray:
    """Make music: chords that are plucked note by note, and turn from side to side.

    Args:
        samples: Its length.

    Returns:
        Stereo at `SOUND_RATE`, [N, 2] float64.
    """
    note = SOUND_RATE // 4
    played = np.zeros((samples + 4 * note, 2))
    time_s = np.arange(4 * note) / SOUND_RATE
    for number, start in enumerate(range(0, samples, note)):
        chord = CHORDS_HZ[number // 8 % len(CHORDS_HZ)]
        hz = chord[number % 3] * (2 if number % 4 == 3 else 1)
        tone = sum(np.sin(2 * np.pi * k * hz * time_s) / k**2 for k in (1, 2, 3))
        side = 0.5 + 0.3 * np.sin(number / 3)
        pluck = tone * np.exp(-3 * time_s)
        played[start : start + 4 * note] += pluck[:, None] * [side, 1 - side]
    return played[:samples]


def _at_level(samples: np.ndarray, dbfs: float) -> np.ndarray:
    """Set the level, measured where there is sound."""
    heard = samples[np.abs(samples) > 1e-4]
    return samples * 10 ** (dbfs / 20) / np.sqrt(np.mean(heard**2))
