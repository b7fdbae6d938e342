"""Talking clips as training data, from the demo's film."""

import shutil
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.errors import InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.mouth import MEASURES
from mouthpiece.scorers.base import Score
from mouthpiece.training import talkers
from mouthpiece.training.dataset import Corpus
from mouthpiece.training.phones import STEP_RATE

FACE = np.random.default_rng(0).uniform(0, 99, (468, 3)).astype(np.float32)
FILM = Path(__file__).parents[2] / "demo/media/film.mp4"


@pytest.mark.skipif(not FILM.exists(), reason="run `make demo` first")
def test_a_face_is_learnt_from_where_its_own_sound_is_heard(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo's first scene, as if its voice were the man's own; one shows no face, one two."""
    clips, data = tmp_path / "clips", tmp_path / "data"
    clips.mkdir(), data.mkdir()
    shutil.copy(FILM, clips / "film.mp4")
    (clips / "notes.txt").write_text("no film")
    confidences = iter((0.5, 0.05, 0.1))
    scorer = SimpleNamespace(score=lambda face, samples: Score(next(confidences), 5.0, 0))
    monkeypatch.setattr(talkers, "create_scorer", lambda name: scorer)
    assert talkers.collect(clips, data) == 1
    assert "notes.txt" in caplog.text
    corpus = Corpus.load(data, talkers.NAME)
    assert corpus.names == ["film/0"]
    assert len(corpus.shapes[0]) == len(corpus.samples[0]) * STEP_RATE // SAMPLE_RATE + 1
    assert np.ptp(corpus.shapes[0][:, 0]) > 0.05
    assert corpus.samples[0].std() > 100


@pytest.mark.parametrize("late_frames", [0, 2, -3])
def test_the_sound_is_moved_to_the_lips(late_frames: int) -> None:
    clock = Clock(Fraction(25), 0, 50)
    click = np.zeros(6 * SAMPLE_RATE, np.float32)
    click[3 * SAMPLE_RATE] = 1
    sound = Speech(click, 2 * SAMPLE_RATE)
    track = SimpleNamespace(points=np.tile(FACE, (50, 1, 1)))
    scorer = SimpleNamespace(score=lambda face, samples: Score(0.5, 5.0, late_frames))
    talk = talkers._at_lips("a/0", track, sound, clock, scorer)  # type: ignore[arg-type]
    assert talk is not None
    moved = late_frames * SAMPLE_RATE // 25
    assert int(talk.samples.argmax()) == SAMPLE_RATE + moved
    assert talk.at_25.shape == (50, len(MEASURES))


@pytest.mark.parametrize("score", [Score(0.14, 5.0, 0), Score(0.5, 5.0, 15), Score(0.5, 5.0, -15)])
def test_a_sound_that_is_not_sure_to_be_theirs_is_left_out(score: Score) -> None:
    clock = Clock(Fraction(25), 0, 50)
    sound = Speech(np.zeros(6 * SAMPLE_RATE, np.float32), 2 * SAMPLE_RATE)
    track = SimpleNamespace(points=np.tile(FACE, (50, 1, 1)))
    scorer = SimpleNamespace(score=lambda face, samples: score)
    assert talkers._at_lips("a/0", track, sound, clock, scorer) is None  # type: ignore[arg-type]


def test_what_is_found_is_kept_with_its_own_lips(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two cuts of other rates: a mouth that opens once, and when it does."""
    found = []
    for rate, opened_s in ((25, 1.0), (50, 1.5)):
        frames = 2 * rate
        seen = np.zeros((frames, len(MEASURES)), np.float32)
        seen[:, MEASURES.index("width")] = 1
        seen[round(opened_s * rate) : round((opened_s + 0.2) * rate), MEASURES.index("gap")] = 0.3
        clock = Clock(Fraction(rate), 0, frames)
        samples = np.full(2 * SAMPLE_RATE, 0.1, np.float32)
        at_25 = seen[:: rate // 25]
        found.append(talkers.Talk(f"a/{rate}", samples, seen, at_25, clock))
    monkeypatch.setattr(talkers, "_talks", lambda source, scorer: iter(found))
    clips, data = tmp_path / "clips", tmp_path / "data"
    clips.mkdir(), data.mkdir()
    (clips / "a.mp4").touch()
    assert talkers.collect(clips, data) == 2
    corpus = Corpus.load(data, talkers.NAME)
    for shapes, opened_s in zip(corpus.shapes, (1.0, 1.5), strict=True):
        assert len(shapes) == 2 * STEP_RATE + 1
        assert abs(shapes[:, 0].argmax() / STEP_RATE - (opened_s + 0.1)) < 0.1
    assert corpus.measures is not None
    for seen, opened_s in zip(corpus.measures, (1.0, 1.5), strict=True):
        assert len(seen) == 50
        assert abs(seen[:, MEASURES.index("gap")].argmax() / 25 - opened_s) < 0.05


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        talkers.collect(tmp_path / "none", tmp_path)


def test_a_folder_without_a_face_that_talks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no film")
    with pytest.raises(InputError, match="no clip in it shows one clear face"):
        talkers.collect(tmp_path, tmp_path)
    assert not (tmp_path / "talkers.npz").exists()
