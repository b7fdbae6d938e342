"""What is said in pieces looks as if it had been said at once, and as the workflow's draft."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.live import Hearing, shown_at
from mouthpiece.engines.registry import create_engine, read_settings
from mouthpiece.live.avatar import Avatar, Chunk
from mouthpiece.live.baking import AVATAR
from mouthpiece.live.moments import Moment
from mouthpiece.stages.drawing import where_placed
from talkers import FRAMES, babble


def cut_up(sound: np.ndarray, rate_hz: int, step_ms: float) -> Iterator[Chunk]:
    """Chunks of so many ms, an empty one after each."""
    step = round(step_ms * rate_hz / 1000)
    for at in range(0, len(sound), step):
        yield sound[at : at + step], rate_hz
        yield sound[:0], rate_hz


def as_bytes(moments: list[Moment]) -> list[tuple[int, bytes, bytes, bool]]:
    return [(m.index, m.picture.tobytes(), m.sound.tobytes(), m.speaking) for m in moments]


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000])
def test_every_chunking_gives_the_same_bytes(avatar: Avatar, rate_hz: int) -> None:
    sound = babble(1.3, rate_hz)
    whole = as_bytes(list(avatar.speak([(sound, rate_hz)])))
    assert [index for index, *_ in whole] == list(range(33))
    assert len({picture for _, picture, _, _ in whole}) > 20
    for step_ms in (10, 37, 1000):
        assert as_bytes(list(avatar.speak(cut_up(sound, rate_hz, step_ms)))) == whole


def test_awaited_chunks_give_the_same_bytes(avatar: Avatar) -> None:
    sound = babble(0.7, 24000)

    async def arriving() -> AsyncIterator[Chunk]:
        for chunk in cut_up(sound, 24000, 37):
            yield chunk

    async def spoken() -> list[Moment]:
        return [moment async for moment in avatar.speak_async(arriving())]

    assert as_bytes(asyncio.run(spoken())) == as_bytes(list(avatar.speak([(sound, 24000)])))


def test_the_sound_under_the_frames_is_what_was_given(avatar: Avatar) -> None:
    sound = babble(1.01, 48000)
    given = np.concatenate([m.sound for m in avatar.speak(cut_up(sound, 48000, 37))])
    assert len(given) == 26 * 1920
    assert (given[: len(sound)] == sound).all() and not given[len(sound) :].any()


def test_a_frame_is_drawn_once_its_window_is_there(avatar: Avatar) -> None:
    sound, pushed = babble(1, 16000), []

    def arriving() -> Iterator[Chunk]:
        for at in range(0, 16000, 160):
            pushed.append(at + 160)
            yield sound[at : at + 160], 16000

    for moment in avatar.speak(arriving()):
        assert pushed[-1] <= min(16000, 640 * (moment.index + 5)), moment.index
    assert avatar.look_ahead_ms == 200
    assert avatar.hearing == Hearing(25, 1, 4)


def draft_of(folder: Path, avatar: Avatar, sound: np.ndarray, frames: int) -> list[bytes]:
    """The pictures that the workflow's draft of a film of this sound gives, with `live` on."""
    settings = read_settings("preview", {"hearing": "bands", "live": True})
    clock = Clock(Fraction(25), 0, frames)
    speech = Speech(np.pad(sound, (16000, 16000)), 16000)
    patches = create_engine(settings).render(folder / AVATAR, speech, clock)
    placed = np.ones(frames, bool)
    return [
        avatar._source.with_patch(number, patch).tobytes()
        for number, patch in enumerate(where_placed(placed, patches))
    ]


def test_it_looks_as_the_workflows_draft(folder: Path, avatar: Avatar) -> None:
    sound = babble(FRAMES / 25, 16000)
    said = [m.picture.tobytes() for m in avatar.speak(cut_up(sound, 16000, 10))]
    assert said == draft_of(folder, avatar, sound, FRAMES)


def test_the_source_goes_forward_and_back() -> None:
    assert [shown_at(i, 3) for i in range(-2, 9)] == [0, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2]


def test_speech_begins_and_ends_eased(avatar: Avatar, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[float] = []
    draw = type(avatar._source).with_patch

    def noted(source: object, frame: int, patch: object) -> np.ndarray:
        found.append(patch.alpha)  # type: ignore[attr-defined]
        return draw(source, frame, patch)  # type: ignore[arg-type]

    monkeypatch.setattr(type(avatar._source), "with_patch", noted)
    sound = np.concatenate([np.full(16000, 0.0), babble(1, 16000), np.zeros(32000)])
    list(avatar.speak([(sound.astype(np.float32), 16000)]))
    steps = np.diff(np.array([0.0, *found]))
    assert np.abs(steps).max() <= 0.2 + 1e-6
    assert max(found) == 1 and min(found) == 0
