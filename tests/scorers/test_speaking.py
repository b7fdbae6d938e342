"""Which face speaks: with a fixed scorer, and on real faces that speak, listen or are two."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.audio import voice_activity as voice
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE
from mouthpiece.config.guard import Guard
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import cut_id
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.source_sync import read_sync
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import read_rgb
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.scorers import scoring, speaking
from mouthpiece.scorers.aperture.settings import ApertureSettings
from mouthpiece.scorers.base import Score, Seen
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.lse import OFFSETS
from mouthpiece.scorers.registry import scorer_settings
from mouthpiece.scorers.settings import Hearing
from mouthpiece.scorers.speaking import (
    Scene,
    SpeakerCheck,
    find_speaker,
    judge,
    nothing_known,
)
from mouthpiece.stages.faces import list_faces
from mouthpiece.stages.guard import guard, watch
from mouthpiece.stages.normalize import normalize
from mouthpiece.stages.requests import GuardRequest
from mouthpiece.stages.speech import write_speech
from mouthpiece.training.dataset import splits
from places import ROOT

CLOCK = Clock(Fraction(25), 25, 50)
LIMITS = EmbeddedSettings(speaking_s=1.0, min_speech_s=0.5, silent_speech_s=1.0)
GRID = ROOT.parent / "shared" / "data" / "grid"


class FixedScorer:
    """A scorer that gives each face a fixed confidence and offset, by the face's coordinates."""

    def __init__(self, scores: dict[float, tuple[float, int]]) -> None:
        self.scores = scores
        self.heard = np.zeros(0)
        self.pictures: set[tuple[int, ...]] = set()

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        seen = list(face)
        assert len(seen) == CLOCK.frames
        self.heard = samples
        self.pictures |= {one.picture.shape for one in seen}
        confidence, offset_frames = self.scores[float(seen[0].points[0, 0])]
        return Score(confidence, 0.5, offset_frames)


def run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *faces: tuple[float, int],
    mode: str = "passthrough",
    loudness: float = 0.1,
    spoken_s: float = 1.5,
    contested: bool = False,
    limits: EmbeddedSettings = LIMITS,
    name: str = "embedded",
    hearing: Hearing = "bands",
) -> tuple[dict[str, Any], Track, FixedScorer]:
    """Look for the speaker among faces with the given confidences and offsets, in noise."""
    shape = (CLOCK.frames, 468, 3)
    tracks = [
        Track(np.full(shape, index, np.float32), np.ones(CLOCK.frames, bool))
        for index in range(len(faces))
    ]
    noise = loudness * np.random.default_rng(1).standard_normal(4 * SAMPLE_RATE)
    soundfile.write(folder / "s.wav", noise, SAMPLE_RATE, subtype="PCM_16")
    picture = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr(speaking, "read_rgb", lambda *_: iter([picture] * CLOCK.frames))
    fixed = FixedScorer({float(index): face for index, face in enumerate(faces)})
    monkeypatch.setattr(scoring, "create_scorer", lambda name: fixed)
    voiced = CONTEXT_S * SAMPLE_RATE, int((CONTEXT_S + spoken_s) * SAMPLE_RATE)
    monkeypatch.setattr(voice, "_voices", lambda samples, limits: [voiced])
    found, track = find_speaker(
        Scene(folder / "m.mp4", CLOCK, folder / "s.wav"),
        tracks,
        SpeakerCheck(mode, name, limits.speaking_limits, hearing),
        0.7 if contested else None,
    )
    return found, track, fixed


SPEAKS, WEAK, DOUBTFUL, APART = (0.2, 3), (0.05, 3), (0.12, 9), (0.2, -6)


def test_the_track_of_a_face_that_does_not_speak_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, fixed = run(tmp_path, monkeypatch, WEAK)
    assert found["verdict"] == "not_speaking" and spoken.frames == 0
    assert found["reasons"] == [{"code": "not_speaking", "value": 0.05}]
    assert found["reported"] == []
    assert len(fixed.heard) == 2 * SAMPLE_RATE


def test_a_face_that_speaks_keeps_its_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, SPEAKS)
    assert (found["verdict"], found["reasons"], spoken.frames) == ("speaks", [], 50)
    assert found["score"]["offset_frames"] == 3


@pytest.mark.parametrize("mode", ["passthrough", "report"])
def test_a_large_offset_is_reported_as_an_offset_and_drafted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, APART, mode=mode)
    assert (found["verdict"], found["reasons"], spoken.frames) == ("unknown", [], 50)
    assert found["reported"] == [{"code": "source_offset", "value": -6}]


@pytest.mark.parametrize("mode", ["passthrough", "report"])
def test_a_doubtful_speaker_is_reported_and_drafted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, DOUBTFUL, mode=mode)
    assert (found["verdict"], found["reasons"], spoken.frames) == ("unknown", [], 50)
    assert found["reported"] == [{"code": "doubtful_speaker", "value": 0.12}]
    assert found["score"]["confidence"] == 0.12


@pytest.mark.parametrize("name", ["embedded", "aperture"])
def test_where_the_encoder_hears_it_tells_curve_and_offset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """If the scorer has odds for it. The confidence stays the scorer's, as that of drafts is."""
    table = np.where(OFFSETS == 4, 0.6, 1.2) * np.ones((CLOCK.frames, 1))
    monkeypatch.setattr(speaking, "heard_phones", lambda sound, frames: np.zeros((frames, 64)))
    monkeypatch.setattr(speaking, "measures", lambda points: points)
    monkeypatch.setattr(speaking, "distances", lambda seen, sound: table[: len(sound)])
    found, _, _ = run(tmp_path, monkeypatch, WEAK, name=name, hearing="phones")
    score = found["score"]
    assert score["confidence"] == WEAK[0]
    asked = name == "embedded"
    assert ("curve" in score, score.get("hearing")) == (
        (True, "phones") if asked else (False, None)
    )
    assert score["offset_frames"] == (4 if asked else WEAK[1])
    assert found["verdict"] == ("speaks" if asked else "not_speaking")


def test_little_speech_is_no_clear_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, WEAK, spoken_s=0.8)
    assert (found["verdict"], spoken.frames) == ("unknown", 50)
    assert found["reported"] == [{"code": "doubtful_speaker", "value": 0.05}]


@pytest.mark.parametrize("name", sorted(scorer_settings()))
def test_by_default_it_takes_two_seconds_of_speech_to_refuse_a_face(name: str) -> None:
    limits = scorer_settings()[name]().speaking_limits
    assert limits.silent_speech_s == 2.0
    assert limits.silent_confidence <= limits.speaking_confidence
    under = {"confidence": limits.silent_confidence - 0.001, "offset_frames": 0}
    assert judge(under | {"speech_s": 2.0}, limits) == "not_speaking"
    assert judge(under | {"speech_s": 1.9}, limits) == "unknown"


def test_report_mode_keeps_the_track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, WEAK, mode="report")
    assert (found["verdict"], spoken.frames) == ("not_speaking", 50)
    assert found["reported"] == [{"code": "not_speaking", "value": 0.05}]
    assert found["reasons"] == [], "a reason is why a cut is passed through"


UNKNOWN = [
    {"mode": "off"},
    {"loudness": 0.0},
    {"spoken_s": 0.2},
    {"limits": LIMITS.model_copy(update={"speaking_s": 2.5})},
]


@pytest.mark.parametrize("given", UNKNOWN)
def test_a_cut_that_cannot_be_judged_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    found, spoken, fixed = run(tmp_path, monkeypatch, WEAK, **given)
    assert found == nothing_known()
    assert spoken.frames == CLOCK.frames and not len(fixed.heard)


def test_a_cut_that_the_guard_refused_has_no_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, spoken, fixed = run(tmp_path, monkeypatch)
    assert found == nothing_known()
    assert not spoken.frames and not len(fixed.heard)


def test_pictures_are_decoded_only_for_a_scorer_that_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path, monkeypatch, SPEAKS)[2].pictures == {(0, 0, 3)}
    assert run(tmp_path, monkeypatch, SPEAKS, name="syncnet_v2")[2].pictures == {(8, 8, 3)}


@pytest.mark.parametrize(
    ("faces", "speaking"),
    [
        ((WEAK, SPEAKS), 1),
        ((SPEAKS, WEAK), 0),
        ((SPEAKS, (0.3, 0)), 1),
        (((0.4, 12), SPEAKS), 1),
    ],
)
def test_the_face_in_sync_is_chosen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    faces: tuple[tuple[float, int], ...],
    speaking: int,
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, *faces, contested=True)
    assert found["verdict"] == "speaks" and found["reasons"] == []
    assert spoken.points[0, 0, 0] == speaking
    assert found["score"]["confidence"] == faces[speaking][0]
    assert [other["confidence"] for other in found["others"]] == [faces[1 - speaking][0]]


def test_the_other_face_is_kept_for_the_film_to_choose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "find_speaker", speaking.choose_speaker)
    found, kept, _ = run(tmp_path, monkeypatch, SPEAKS, (0.3, 0), contested=True)
    assert found["face"] == 1 and [one.points[0, 0, 0] for one in kept] == [0, 1]


@pytest.mark.parametrize("mode", ["passthrough", "report"])
def test_if_neither_of_two_faces_speaks_there_is_no_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, WEAK, (0.03, 0), contested=True, mode=mode)
    assert spoken.frames == 0
    assert found["reasons"] == [{"code": "not_speaking", "value": 0.05}]


@pytest.mark.parametrize("contested", [False, True])
def test_a_face_that_a_person_calls_not_the_speaker_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contested: bool
) -> None:
    found, spoken, _ = run(
        tmp_path, monkeypatch, SPEAKS, SPEAKS, contested=contested, mode="not_speaking"
    )
    assert (found["verdict"], spoken.frames, found["score"]) == ("not_speaking", 0, {})
    assert found["reasons"] == [{"code": "said_not_speaking", "value": 1}]
    found, _, _ = run(tmp_path, monkeypatch, mode="not_speaking")
    assert (found["verdict"], found["reasons"]) == ("unknown", []), "no face: the guard says why"


@pytest.mark.parametrize("doubt", [DOUBTFUL, APART])
def test_of_two_faces_none_is_drafted_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doubt: tuple[float, int]
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, WEAK, doubt, contested=True)
    assert (found["verdict"], spoken.frames, found["reported"]) == ("unknown", 0, [])
    assert found["reasons"] == [{"code": "two_faces", "value": 0.7}]


@pytest.mark.parametrize("given", UNKNOWN)
@pytest.mark.parametrize("faces", [(SPEAKS, WEAK), (SPEAKS,)])
def test_two_faces_are_a_reason_if_the_sound_does_not_decide(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    faces: tuple[tuple[float, int], ...],
    given: dict[str, Any],
) -> None:
    found, spoken, _ = run(tmp_path, monkeypatch, *faces, contested=True, **given)
    assert (found["verdict"], spoken.frames) == ("unknown", 0)
    assert found["reasons"] == [{"code": "two_faces", "value": 0.7}]


def test_the_aperture_scorer_takes_every_face_for_a_speaker() -> None:
    score = {"confidence": 0.0, "offset_frames": -15, "speech_s": 9.0}
    assert judge(score, ApertureSettings()) == "speaks"


needs_grid = pytest.mark.skipif(not GRID.is_dir(), reason=f"needs the GRID clips in {GRID}")


LIMITS_OF_CLIPS = EmbeddedSettings(silent_speech_s=1.0)  # they have less than 2 s of speech


def guarded(folder: Path, mezzanine: Path, sound: Path, settings: Guard) -> dict[str, Any]:
    """The stage's verdict on a whole mezzanine, with the embedded scorer."""
    write_speech(sound, folder / "s.wav")
    guard(
        GuardRequest(
            mezzanine=mezzanine,
            cut=cut_id(0, probe_mezzanine(mezzanine).frames),
            speech=folder / "s.wav",
            settings=settings.model_dump(),
            speaker_mode="passthrough",
            scorer="embedded",
            limits=LIMITS_OF_CLIPS.speaking_limits.model_dump(),
            verdict=folder / "g.json",
            track=folder / "spoken.npz",
        )
    )
    found: dict[str, Any] = read_json(folder / "g.json")
    assert found["redrawn"] == (Track.load(folder / "spoken.npz").frames > 0)
    return found


def clips(number: int) -> list[Path]:
    """Clips that the scorer was not trained on."""
    paths = sorted((GRID / "s1").glob("*.mpg"))
    return [paths[i] for i in splits([f"s1/{path.stem}" for path in paths])["test"][:number]]


@needs_grid
def test_real_faces_that_speak_and_listen(tmp_path: Path) -> None:
    speaks, listens = [], []
    check = SpeakerCheck("passthrough", "embedded", LIMITS_OF_CLIPS.speaking_limits)
    for clip in clips(4):
        mezzanine = tmp_path / "m.mp4"
        normalize(clip, mezzanine, tmp_path / "a.flac", tmp_path / "a.json", Normalize())
        clock = probe_mezzanine(mezzanine).clock
        speaks.append(guarded(tmp_path, mezzanine, clip, Guard())["speaker"]["verdict"])
        track = Track.load(tmp_path / "spoken.npz")
        closed = np.concatenate([np.arange(8), np.arange(8)[::-1]])  # before the first word
        resting = Track(track.points[np.resize(closed, clock.frames)], track.seen)
        found, left = find_speaker(Scene(mezzanine, clock, tmp_path / "s.wav"), [resting], check)
        listens.append((found["verdict"], left.frames))
    assert speaks == ["speaks"] * 4
    assert listens == [("not_speaking", 0)] * 4


@needs_grid
@pytest.mark.slow
def test_a_real_face_whose_sound_is_late_is_told_its_offset(tmp_path: Path) -> None:
    clip, late, mezzanine = clips(1)[0], tmp_path / "late.wav", tmp_path / "m.mp4"
    ffmpeg(["-i", str(clip), "-vn", "-af", "adelay=320:all=1", str(late)])  # 8 frames
    normalize(clip, mezzanine, tmp_path / "a.flac", tmp_path / "a.json", Normalize())
    found = guarded(tmp_path, mezzanine, late, Guard())
    assert (found["speaker"]["verdict"], found["speaker"]["reasons"]) == ("unknown", [])
    assert found["speaker"]["reported"] == [{"code": "source_offset", "value": -8}], "lips ahead"
    assert found["redrawn"]
    boundaries, cut = tmp_path / "boundaries.tsv", cut_id(0, probe_mezzanine(mezzanine).frames)
    frames = probe_mezzanine(mezzanine).frames
    boundaries.write_text(f"cut\tfirst_frame\tframes\n{cut}\t0\t{frames}\n")
    guards, table, sync = [tmp_path / "g.json"], tmp_path / "faces.tsv", tmp_path / "sync.json"
    longer = LIMITS_OF_CLIPS.speaking_limits
    values = read_json(guards[0])
    values["speaker"]["score"]["speech_s"] = 2.5  # as if it said more
    write_json(guards[0], values)
    list_faces(boundaries, guards, table, sync, "embedded", longer)
    in_film = read_sync(sync).speakers[cut]
    assert (in_film["verdict"], in_film["reasons"]) == ("speaks", [])
    assert in_film["reported"] == [{"code": "source_late", "value": 8}]


@needs_grid
def test_of_two_real_faces_the_one_that_matches_the_sound_speaks(tmp_path: Path) -> None:
    left, right = clips(2)
    film, mezzanine = tmp_path / "film.mkv", tmp_path / "m.mp4"
    ffmpeg(
        ["-i", str(left), "-i", str(right), "-filter_complex", "[0:v][1:v]hstack,fps=25", "-an"]
        + ["-c:v", "ffv1", str(film)]
    )
    normalize(film, mezzanine, tmp_path / "a.flac", tmp_path / "a.json", Normalize())
    clock = probe_mezzanine(mezzanine).clock
    assert watch(read_rgb(mezzanine, clock), clock, Guard())[0].reasons[0].code == "two_faces"
    for sound, side in ((left, 0), (right, 1)):
        found = guarded(tmp_path, mezzanine, sound, Guard(two_faces="in_sync"))["speaker"]
        assert found["verdict"] == "speaks" and len(found["others"]) == 1
        chosen = Track.load(tmp_path / "spoken.npz", found["face"])
        assert chosen.points[:, :, 0].mean() // 360 == side
