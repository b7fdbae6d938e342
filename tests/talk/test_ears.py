"""The microphone: when a voice begins, and what was said."""

import numpy as np
import pytest

from mouthpiece.audio.silero import WINDOW
from mouthpiece.talk.borders import HEARD_RATE_HZ, Utterance
from mouthpiece.talk.ears import (
    BEFORE_WINDOWS,
    MOST_WINDOWS,
    ONSET_WINDOWS,
    PAUSE_WINDOWS,
    Ears,
    Listener,
)

LATEST_S = 0.2


class Loudness:
    """Takes what is loud for a voice."""

    def hear(self, samples: np.ndarray) -> np.ndarray:
        return (np.abs(samples.reshape(-1, WINDOW)).max(1) > 0.1).astype(np.float32)


class Heard:
    """What ears told."""

    def __init__(self) -> None:
        self.told: list[int | None] = []
        self.began_at: list[int] = []
        self.samples = 0
        self.ears = Ears(Listener(self._began, self._ended), Loudness())

    def _began(self) -> None:
        self.began_at.append(self.samples)

    def _ended(self, said: Utterance | None) -> None:
        self.told.append(len(said.samples) // WINDOW if said else None)

    def hear(self, sound: np.ndarray, size: int = 320) -> None:
        for at in range(0, len(sound), size):
            part = sound[at : at + size]
            self.samples += len(part)
            self.ears.hear(part)


def sound(*windows: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(n * WINDOW, level, np.float32) for level, n in windows])


@pytest.mark.parametrize("size", [160, 320, 512, 4096])
def test_a_voice_interrupts_within_200_ms_of_sound(size: int) -> None:
    heard = Heard()
    heard.hear(sound((0, 30), (0.5, 40), (0, PAUSE_WINDOWS)), size)
    late = (heard.began_at[0] - 30 * WINDOW) / HEARD_RATE_HZ
    assert len(heard.began_at) == 1
    assert late <= max(LATEST_S / 2, size / HEARD_RATE_HZ + ONSET_WINDOWS * WINDOW / HEARD_RATE_HZ)
    assert heard.told == [BEFORE_WINDOWS + 40 + PAUSE_WINDOWS]


def test_a_click_is_no_voice() -> None:
    heard = Heard()
    heard.hear(sound((0, 10), (0.5, ONSET_WINDOWS - 1), (0, 40)))
    assert not heard.began_at


def test_a_short_pause_ends_no_utterance_and_a_cough_is_none() -> None:
    heard = Heard()
    heard.hear(sound((0.5, 20), (0, PAUSE_WINDOWS - 1), (0.5, 20), (0, PAUSE_WINDOWS)))
    assert heard.told == [40 + 2 * PAUSE_WINDOWS - 1]
    heard.hear(sound((0, 20), (0.5, 3), (0, PAUSE_WINDOWS)))
    assert heard.told[1:] == [BEFORE_WINDOWS + 3 + PAUSE_WINDOWS]


def test_who_never_ends_is_answered_all_the_same() -> None:
    heard = Heard()
    heard.hear(sound((0.5, 2 * MOST_WINDOWS + 10)))
    assert heard.told == [MOST_WINDOWS] * 2


@pytest.mark.slow
def test_a_microphone_that_is_switched_off_ends_what_is_said() -> None:
    heard = Heard()
    heard.hear(sound((0, 20), (0.5, 30), (0, 4)))
    assert (len(heard.began_at), heard.told) == (1, [])
    for _ in range(2):
        heard.ears.rest()
        assert heard.told == [BEFORE_WINDOWS + 34]
    heard.hear(sound((0, PAUSE_WINDOWS), (0.5, ONSET_WINDOWS - 1)))
    heard.ears.rest()
    heard.hear(sound((0.5, ONSET_WINDOWS - 1), (0, 9)))
    assert (len(heard.began_at), len(heard.told)) == (1, 1), "halves of a click are none"
    heard.ears.rest()
    heard.hear(sound((0.5, ONSET_WINDOWS)))
    heard.ears.rest()
    assert (len(heard.began_at), heard.told[1:]) == (2, [None]), "too short"


def test_silero_hears_a_voice_and_no_hum(dub: np.ndarray) -> None:
    began: list[bool] = []
    ears = Ears(Listener(lambda: began.append(True), lambda said: None))
    time_s = np.arange(2 * HEARD_RATE_HZ) / HEARD_RATE_HZ
    ears.hear((0.2 * np.sin(2 * np.pi * 100 * time_s)).astype(np.float32))
    assert not began
    ears.hear(dub)
    assert began
