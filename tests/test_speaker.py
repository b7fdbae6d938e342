"""Who speaks, with a scorer of the test's own; and real faces with their sound and another's."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece import speaker as stage
from mouthpiece.clock import Clock
from mouthpiece.files import read_json
from mouthpiece.guard import watch
from mouthpiece.normalize import normalize
from mouthpiece.picture import facts, read_rgb
from mouthpiece.scorers import Score, Seen
from mouthpiece.settings import EmbeddedScorer, Guard, Normalize
from mouthpiece.speaker import speaker
from mouthpiece.speech import SAMPLE_RATE, write_speech
from mouthpiece.track import Track

CLOCK = Clock(Fraction(25), 25, 50)
LIMITS = EmbeddedScorer(speaking_confidence=0.1, speaking_s=1.0, min_speech_s=0.5)
GRID = Path(__file__).resolve().parents[2] / "shared" / "data" / "grid"


class Fixed:
    """A scorer that says what it was told to."""

    def __init__(self, confidence: float, offset_frames: int) -> None:
        self.confidence, self.offset_frames = confidence, offset_frames
        self.heard = np.zeros(0)

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        assert len(list(face)) == CLOCK.frames
        self.heard = samples
        return Score(self.confidence, 0.5, self.offset_frames)


def run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    confidence: float = 0.05,
    offset_frames: int = 3,
    mode: str = "passthrough",
    loudness: float = 0.1,
    voiced_s: float = 1.5,
    frames: int = CLOCK.frames,
    limits: EmbeddedScorer = LIMITS,
) -> tuple[dict[str, Any], Track, Fixed]:
    """The stage on a face of `frames` frames, and noise as the source's sound."""
    Track(np.zeros((frames, 468, 3), np.float32), np.ones(frames, bool)).save(folder / "t.npz")
    noise = loudness * np.random.default_rng(1).standard_normal(4 * SAMPLE_RATE)
    soundfile.write(folder / "s.wav", noise, SAMPLE_RATE, subtype="PCM_16")
    picture = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr(stage, "read_rgb", lambda *_: iter([picture] * CLOCK.frames))
    fixed = Fixed(confidence, offset_frames)
    monkeypatch.setattr(stage, "scorer", lambda name: fixed)
    monkeypatch.setattr(stage, "voiced_s", lambda samples: voiced_s)
    speaker(
        folder / "m.mp4", CLOCK, folder / "t.npz", folder / "s.wav", mode, "embedded", limits,
        folder / "v.json", folder / "spoken.npz",
    )  # fmt: skip
    return read_json(folder / "v.json"), Track.load(folder / "spoken.npz"), fixed


def test_a_face_that_does_not_speak_has_no_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, fixed = run(tmp_path, monkeypatch)
    assert found["verdict"] == "not_speaking" and spoken.frames == 0
    assert found["reasons"] == [{"code": "not_speaking", "value": 0.05}]
    assert len(fixed.heard) == 2 * SAMPLE_RATE


def test_a_face_that_speaks_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, confidence=0.2)
    assert (found["verdict"], found["reasons"], spoken.frames) == ("speaks", [], 50)
    assert found["score"]["offset_frames"] == 3


def test_lips_and_sound_that_fit_at_another_time_do_not_belong_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _, _ = run(tmp_path, monkeypatch, confidence=0.2, offset_frames=-6)
    assert found["verdict"] == "not_speaking"


def test_report_changes_nothing_that_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, mode="report")
    assert (found["verdict"], spoken.frames) == ("not_speaking", 50)


@pytest.mark.parametrize(
    "given",
    [
        {"mode": "off"},
        {"loudness": 0.0},
        {"voiced_s": 0.2},
        {"frames": 0},
        {"limits": LIMITS.model_copy(update={"speaking_s": 2.5})},
    ],
)
def test_what_cannot_be_judged_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    found, spoken, fixed = run(tmp_path, monkeypatch, **given)
    assert found == {"verdict": "unknown", "reasons": [], "score": {}}
    assert spoken.frames == given.get("frames", 50) and not len(fixed.heard)


@pytest.mark.skipif(not GRID.is_dir(), reason=f"needs the GRID clips in {GRID}")
def test_real_faces_with_their_sound_and_with_another(tmp_path: Path) -> None:
    clips = sorted((GRID / "s1").glob("*.mpg"))[-12:-4:2]
    verdicts = []
    for i, clip in enumerate(clips):
        mezzanine = tmp_path / f"{i}.mp4"
        normalize(clip, mezzanine, tmp_path / "a.flac", tmp_path / "a.json", Normalize())
        clock = facts(mezzanine).clock
        _, track = watch(read_rgb(mezzanine, clock), clock, Guard())
        track.save(tmp_path / "t.npz")
        for sound in (clip, clips[i - 1]):
            write_speech(sound, tmp_path / "s.wav")
            speaker(
                mezzanine, clock, tmp_path / "t.npz", tmp_path / "s.wav", "passthrough",
                "embedded", EmbeddedScorer(), tmp_path / "v.json", tmp_path / "spoken.npz",
            )  # fmt: skip
            verdicts.append(read_json(tmp_path / "v.json")["verdict"])
    assert verdicts[::2] == ["speaks"] * len(clips)
    assert "not_speaking" in verdicts[1::2]  # half of them are found: benchmarks/speaker.py
