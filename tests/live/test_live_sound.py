"""Sound that comes in pieces is the sound that comes at once, at every rate."""

import numpy as np
import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.live.sound import Resampler
from mouthpiece.live.turn import Turn

RATES = (8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000)


@pytest.mark.parametrize("rate_hz", RATES)
def test_pieces_give_the_samples_of_the_whole(rate_hz: int) -> None:
    sound = (0.2 * np.random.default_rng(0).standard_normal(rate_hz)).astype(np.float32)
    found = []
    for step in (rate_hz // 100, round(0.037 * rate_hz), 7, rate_hz):
        turn = Turn()
        for at in range(0, len(sound), step):
            turn.push(sound[at : at + step], rate_hz)
            turn.push(sound[:0], rate_hz)
        turn.end()
        assert (len(turn.heard), len(turn.emitted)) == (16000, 48000)
        found.append((turn.heard.take(16000).tobytes(), turn.emitted.take(48000).tobytes()))
    assert len(set(found)) == 1


def test_a_tone_stays_the_tone() -> None:
    def tone(rate_hz: int) -> np.ndarray:
        return np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz).astype(np.float32)

    resampler = Resampler(22050, 48000)
    made = np.concatenate([resampler.push(tone(22050)), resampler.end()])
    assert np.abs(made - tone(48000))[200:-200].max() < 1e-3


def test_a_rate_may_change_within_a_turn() -> None:
    turn = Turn()
    turn.push(np.zeros(8000, np.float32), 16000)
    turn.push(np.zeros(12000, np.int16), 24000)
    turn.end()
    assert (len(turn.heard), len(turn.emitted)) == (16000, 48000)


def test_16_bit_sound_is_that_sound() -> None:
    turn = Turn()
    turn.push(np.array([0, 16384, -32768], np.int16), 16000)
    assert turn.heard.take(3).tolist() == [0, 0.5, -1]


@pytest.mark.parametrize(
    ("samples", "rate_hz", "what"),
    [
        (np.zeros(4, np.float32), 7999, "give 8000 to 192000 Hz"),
        (np.zeros(4, np.float32), 192001, "give 8000 to 192000 Hz"),
        (np.zeros(4, np.float32), 16000.0, "no whole number"),
        (np.zeros(4, np.float32), True, "no whole number"),
        (np.zeros(4, np.float64), 16000, "float32 or int16"),
        ([0.0, 0.0], 16000, "is list"),
        (np.zeros((4, 2), np.float32), 16000, "give one channel"),
        (np.array([0, np.nan], np.float32), 16000, "no numbers"),
        (np.array([0, np.inf], np.float32), 16000, "no numbers"),
    ],
)
def test_what_is_no_sound_is_refused(samples: object, rate_hz: object, what: str) -> None:
    with pytest.raises(InputError, match=what):
        Turn().push(samples, rate_hz)  # type: ignore[arg-type]
