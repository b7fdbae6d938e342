"""An avatar speaks: the slices of speech that its engine gets, and the pictures that come out."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mouthpiece
from mouthpiece.api import avatar as module
from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.settings import EngineSettings
from mouthpiece.patches.archive import write_archive
from mouthpiece.patches.patch import Patch

FRAMES = 10


class Loud:
    """An engine whose patches are as bright as their frame's sound is loud."""

    calls: list[tuple[Speech, Clock]] = []  # noqa: RUF012

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        self.calls.append((speech, clock))
        frames = speech.cut_samples(clock).reshape(clock.frames, -1)
        affine = np.array([[1.0, 0, 2], [0, 1, 3]])
        for level in np.abs(frames).max(1):
            pixels = np.full((8, 8, 3), round(255 * float(level)), np.uint8)
            yield Patch(pixels, np.full((8, 8), 255, np.uint8), affine, 1.0)


@pytest.fixture
def avatar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mouthpiece.Avatar:
    path = tmp_path / "avatar.zip"
    write_archive(path, {"version": 1, "engine": "loud", "frames": FRAMES}, {})
    monkeypatch.setattr(module, "engine_settings", lambda: {"loud": EngineSettings})
    monkeypatch.setattr(module, "read_settings", lambda name, values: PreviewSettings(**values))
    monkeypatch.setattr(module, "create_engine", lambda settings: Loud())
    monkeypatch.setattr(Loud, "calls", [])
    return mouthpiece.load_avatar(path, strength=0.5)


def steps(frames: int, sample_rate: int) -> np.ndarray:
    """Sound as loud in each frame as the frame's number says."""
    return np.repeat(np.arange(frames) / 100, sample_rate // 25).astype(np.float32)


def levels(patches: Any) -> list[int]:
    return [round(int(patch.pixels[0, 0, 0]) / 2.55) for patch in patches]


def test_speech_longer_than_the_cut_goes_forward_and_back(avatar: mouthpiece.Avatar) -> None:
    assert (avatar.engine, avatar.frames) == ("loud", FRAMES)
    assert levels(avatar.speak(steps(25, 16000), 16000)) == list(range(25))
    orders = [list(clock.frame_order) for _, clock in Loud.calls]
    assert orders == [list(range(10)), list(range(10))[::-1], list(range(5))]
    for speech, clock in Loud.calls:
        assert len(speech.samples) == 16000 * 2 + 640 * clock.frames
    before, after = Loud.calls[1][0].samples[15999], Loud.calls[1][0].samples[16000 + 6400]
    assert (before, after) == (np.float32(0.09), np.float32(0.2))  # context of its neighbours


def test_a_frame_that_begins_is_drawn(avatar: mouthpiece.Avatar) -> None:
    speech = steps(4, 16000)
    assert len(list(avatar.speak(speech[:-639], 16000))) == 4
    assert len(list(avatar.speak(speech[:-640], 16000))) == 3


def test_other_sample_rates_are_heard_alike(avatar: mouthpiece.Avatar) -> None:
    tone = np.sin(np.arange(48000) * 2 * math.pi * 300 / 48000)
    assert set(levels(avatar.speak(tone, 48000))[1:-1]) <= {99, 100}


def test_patches_are_drawn_as_they_are_asked_for(avatar: mouthpiece.Avatar) -> None:
    patches = avatar.speak(steps(1000, 16000), 16000)
    next(patches)
    assert len(Loud.calls) == 1


def test_pictures_get_the_mouth_and_nothing_else(avatar: mouthpiece.Avatar) -> None:
    pictures = [np.full((16, 16, 3), number, np.uint8) for number in range(FRAMES)]
    drawn = list(avatar.render(pictures, steps(12, 16000), 16000))
    assert len(drawn) == 12
    inside, outside = drawn[11][5:9, 4:8], drawn[11][12:]
    assert set(inside.ravel()) == {round(255 * 0.11)} and set(outside.ravel()) == {8}
    assert all((picture == number).all() for number, picture in enumerate(pictures))
    with pytest.raises(InputError, match="9 pictures; the avatar's cut has 10"):
        next(avatar.render(pictures[1:], steps(12, 16000), 16000))


@pytest.mark.parametrize("speech", [np.zeros(0), np.zeros((10, 2))])
def test_what_is_no_speech_is_refused(avatar: mouthpiece.Avatar, speech: np.ndarray) -> None:
    with pytest.raises(InputError, match="wanted one channel"):
        next(avatar.speak(speech, 16000))


def test_what_is_no_avatar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "avatar.zip"
    with pytest.raises(InputError, match="there is no such avatar"):
        mouthpiece.load_avatar(path)
    path.touch()
    with pytest.raises(InputError, match="the cut has no face to redraw"):
        mouthpiece.load_avatar(path)
    path.write_text("{}")
    with pytest.raises(Fault, match=r"avatar\.zip"):
        mouthpiece.load_avatar(path)
    write_archive(path, {"version": 1, "engine": "other", "frames": 1}, {})
    with pytest.raises(InputError, match="baked by the engine 'other', which is not installed"):
        mouthpiece.load_avatar(path)


def test_an_engine_that_sends_pictures_draws_in_runs_only(tmp_path: Path) -> None:
    path = tmp_path / "avatar.zip"
    write_archive(path, {"version": 1, "engine": "hosted", "frames": FRAMES}, {})
    with pytest.raises(InputError, match="it draws in a run only"):
        mouthpiece.load_avatar(path)


def test_lips_are_moved_whatever_the_engine(avatar: mouthpiece.Avatar) -> None:
    moved = mouthpiece.load_avatar(avatar.path, lip_offset_frames=2)
    assert levels(moved.speak(steps(10, 16000), 16000)) == [0, 0, *range(8)]
