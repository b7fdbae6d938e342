"""Retries, with an engine and a scorer of the test's own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.engines.settings import EngineSettings
from mouthpiece.faces.track import Track, save_tracks
from mouthpiece.patches.patch import Extent, Patch
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.stages import bake as baking
from mouthpiece.stages import draft as drafting
from mouthpiece.stages import retry as retrying
from mouthpiece.stages.requests import DraftRequest, RetryPolicy
from patchsets import PatchSet, load

FRAMES = 4
DrawRequest = Callable[..., DraftRequest]


class FakeEngine:
    """Paints its strength, and where its speech starts."""

    loaded = None
    window_frames, overlap_frames, patch_px, needs_clip = 1, 0, 8, False

    def __init__(self, chosen: PreviewSettings) -> None:
        self.chosen = chosen

    def warm_up(self) -> None: ...

    def region(self, track: Track, height: int, width: int) -> None:
        return None

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        avatar.write_text(f"baked at {self.chosen.size_px}")

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        pixels = np.full((8, 8, 3), round(100 * self.chosen.strength), np.uint8)
        pixels[..., 1] = (speech.start - SAMPLE_RATE) // 640
        for _ in range(FRAMES):
            yield Patch(pixels, np.full((8, 8), 255, np.uint8), np.zeros((2, 3)), 1.0)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        return None

    def facts(self, avatar: Path) -> dict[str, Any]:
        return {"avatar": avatar.read_text()}


def make(settings: EngineSettings) -> FakeEngine:
    assert isinstance(settings, PreviewSettings)
    return FakeEngine(settings)


@pytest.fixture
def request_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DrawRequest:
    """The request to draft a cut with some settings of the engine."""
    Track(np.zeros((FRAMES, 468, 3), np.float32), np.ones(FRAMES, bool)).save(tmp_path / "t.npz")
    soundfile.write(tmp_path / "s.wav", np.zeros(3 * SAMPLE_RATE), SAMPLE_RATE, subtype="PCM_16")
    (tmp_path / "avatar").write_text("the avatar")
    clock = Clock(Fraction(25), 0, FRAMES)
    monkeypatch.setattr(drafting, "cut_clock", lambda *_: clock)
    monkeypatch.setattr(baking, "read_rgb", lambda *_, **__: iter(()))

    def request(**settings: Any) -> DraftRequest:
        return DraftRequest(
            mezzanine=tmp_path / "m.mp4",
            cut=f"000000-00000{FRAMES - 1}",
            track=tmp_path / "t.npz",
            engine="preview",
            settings=PreviewSettings(**settings).model_dump(),
            avatar=tmp_path / "avatar",
            speech=tmp_path / "s.wav",
            baked={"size_px": "auto"},
            weights="w",
            code="c",
            patches=tmp_path / "d.zip",
            row=tmp_path / "d.json",
        )

    return request


@pytest.fixture
def score_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a function of (strength, frames moved) say confidence and offset."""

    def use(say: Any) -> None:
        def score_patches(*given: Any) -> dict[str, Any]:
            pixel = PatchSet.of(given[3]).pixels[0, 0, 0].astype(int)
            confidence, offset = say(pixel[0] / 100, int(pixel[1]))
            return {
                "scorer": "embedded", "confidence": confidence, "offset_frames": offset,
                "speech_s": 2.0, "duration_s": 3.0,
            }  # fmt: skip

        monkeypatch.setattr(retrying, "score_patches", score_patches)

    return use


def retries(
    *presets: str, correct_offset: bool = False, limits: EmbeddedSettings | None = None
) -> RetryPolicy:
    return RetryPolicy(
        presets=[PreviewSettings(preset=preset).model_dump() for preset in presets],
        correct_offset=correct_offset,
        scorer="embedded",
        limits=(limits or EmbeddedSettings()).gate_limits.model_dump(),
    )


def run(request: DraftRequest, policy: RetryPolicy | None) -> tuple[dict[str, Any], PatchSet]:
    asked = replace(request, retry=policy)
    drafting.draft(asked, make)
    left = {path.name for path in asked.patches.parent.glob("[.]*")}
    assert not left, "nothing is left of the attempts"
    return read_json(asked.row), load(asked.patches)


def test_without_retries_nothing_is_scored(request_of: DrawRequest, score_by: Any) -> None:
    score_by(None)
    row, patches = run(request_of(), None)
    assert (row["attempts"], row["facts"]) == ([], {"avatar": "the avatar"})
    assert patches.pixels[0, 0, 0, 0] == 100


def test_what_changes_no_result_is_in_no_row_and_no_key(
    request_of: DrawRequest, score_by: Any
) -> None:
    """Here the strength stands for a folder of weights, or a number of threads."""
    score_by(None)
    known = request_of(size_px=512)
    kept = {key: value for key, value in known.settings.items() if key != "strength"}
    rows = []
    for strength in (0.5, 0.7):
        options = {"strength": strength}
        one = replace(known, settings=kept, baked={}, runtime_options=options)
        row, patches = run(one, None)
        assert patches.pixels[0, 0, 0, 0] == round(100 * strength), "but it is obeyed"
        rows.append(row)
    assert rows[0] == rows[1] and "strength" not in rows[0]["settings"]


def test_the_ladder_ends_at_the_first_that_passes(request_of: DrawRequest, score_by: Any) -> None:
    score_by(lambda strength, moved: (0.05 if strength == 1 else 0.5, 0))
    ladder = retries("opens_too_little", "opens_too_much")
    row, patches = run(request_of(), ladder)
    assert [(a["preset"], a["gate"]) for a in row["attempts"]] == [
        ("standard", "fail"),
        ("opens_too_little", "pass"),
    ]
    assert row["settings"]["strength"] == 1.35 and patches.pixels[0, 0, 0, 0] == 135


def test_a_first_draft_that_passes_is_the_only_one(request_of: DrawRequest, score_by: Any) -> None:
    score_by(lambda strength, moved: (0.5, 0))
    row, _ = run(request_of(), retries("opens_too_little"))
    assert len(row["attempts"]) == 1


def test_of_drafts_that_all_fail_the_best_is_kept(request_of: DrawRequest, score_by: Any) -> None:
    score_by(lambda strength, moved: ({1.0: 0.03, 1.35: 0.08, 0.7: 0.05}[strength], 0))
    ladder = retries("opens_too_little", "opens_too_much")
    row, _ = run(request_of(), ladder)
    assert len(row["attempts"]) == 3 and row["settings"]["preset"] == "opens_too_little"


def test_a_draft_far_below_its_source_is_tried_again(
    request_of: DrawRequest, score_by: Any, tmp_path: Path
) -> None:
    """As the gate has it: the same confidence is enough only for a source of no more."""
    score_by(lambda strength, moved: ({1.0: 0.3, 1.35: 0.5}[strength], 0))
    embedded = EmbeddedSettings(min_confidence=0.2, fail_confidence=0.1, min_source_share=0.6)
    policy = retries("opens_too_little", limits=embedded)
    source = tmp_path / "source.json"
    write_json(source, {"speaker": {"score": {"scorer": "embedded", "confidence": 0.6}}})
    tried, _ = run(replace(request_of(), source=source), policy)
    assert [a["gate"] for a in tried["attempts"]] == ["review", "pass"]
    once, _ = run(request_of(), policy)
    assert [a["gate"] for a in once["attempts"]] == ["pass"]


def test_a_draft_is_judged_by_the_face_that_is_drawn(
    request_of: DrawRequest, score_by: Any, tmp_path: Path
) -> None:
    score_by(lambda strength, moved: (0.3, 0))
    embedded = EmbeddedSettings(min_confidence=0.2, fail_confidence=0.1, min_source_share=0.6)
    own, other = ({"scorer": "embedded", "confidence": value} for value in (0.6, 0.3))
    source = tmp_path / "source.json"
    write_json(source, {"speaker": {"score": other, "others": [own], "face": 0}})
    track = Track(np.zeros((FRAMES, 468, 3), np.float32), np.ones(FRAMES, bool))
    asked = replace(request_of(), source=source)
    save_tracks([track, track], asked.track)
    for face, gate in ((0, "pass"), (1, "review")):
        row, _ = run(replace(asked, face=face), retries("opens_too_little", limits=embedded))
        assert row["attempts"][0]["gate"] == gate


def test_a_constant_offset_is_corrected(request_of: DrawRequest, score_by: Any) -> None:
    """Lips 4 frames late are drawn 4 frames sooner: the sound that they follow is moved on."""
    score_by(lambda strength, moved: (0.5, 4 - moved))
    row, patches = run(request_of(), retries(correct_offset=True))
    assert [a["offset_frames"] for a in row["attempts"]] == [4, 0]
    assert row["moved_frames"] == 4 and patches.pixels[0, 0, 0, 1] == 4


def test_an_offset_that_did_not_help_is_let_go(request_of: DrawRequest, score_by: Any) -> None:
    """A weak draft's best offset is noise: presets are then tried where the dub lies."""
    score_by(lambda strength, moved: (0.5, 0) if (strength, moved) == (1.35, 0) else (0.02, 9))
    ladder = retries("opens_too_little", correct_offset=True)
    row, _ = run(request_of(), ladder)
    tried = [(a["preset"], a["moved_frames"], a["gate"]) for a in row["attempts"]]
    assert tried == [
        ("standard", 0, "fail"),
        ("standard", 9, "fail"),
        ("opens_too_little", 0, "pass"),
    ]
    assert row["moved_frames"] == 0


def test_presets_are_tried_with_an_offset_that_helped(
    request_of: DrawRequest, score_by: Any
) -> None:
    score_by(lambda strength, moved: (0.5 if strength == 1.35 else 0.15, 4 - moved))
    ladder = retries("opens_too_little", correct_offset=True)
    row, _ = run(request_of(), ladder)
    assert [a["moved_frames"] for a in row["attempts"]] == [0, 4, 4]
    assert row["attempts"][-1]["gate"] == "pass"


def test_nothing_is_drawn_where_it_is_not_known_where_the_face_is(
    request_of: DrawRequest, score_by: Any
) -> None:
    asked, (whole, _) = request_of(), run(request_of(), None)
    seen = np.array([False, True, False, True])
    Track(np.zeros((FRAMES, 468, 3), np.float32), seen).save(asked.track)
    row, patches = run(asked, None)
    assert list(patches.alpha) == [0, 1, 1, 1] and row["draft"] != whole["draft"]


def test_the_key_knows_what_was_drawn(request_of: DrawRequest, score_by: Any) -> None:
    score_by(lambda strength, moved: (0.5, 4 - moved))
    moved, _ = run(request_of(), retries(correct_offset=True))
    plain, _ = run(request_of(), None)
    stronger, _ = run(request_of(strength=1.5), None)
    reloaded, _ = run(replace(request_of(), weights="other weights"), None)
    keys = [row["draft"] for row in (moved, plain, stronger, reloaded)]
    assert len(set(keys)) == 4


def test_settings_that_the_avatar_was_not_baked_with_are_baked_for(
    request_of: DrawRequest, score_by: Any
) -> None:
    score_by(None)
    row, _ = run(request_of(size_px=512), None)
    assert row["facts"] == {"avatar": "baked at 512"}


def test_the_values_of_a_preset_are_the_requests_own(
    request_of: DrawRequest, score_by: Any
) -> None:
    """What a preset sets is resolved before the job: it is tried as it was asked for."""
    score_by(lambda strength, moved: (0.05 if strength == 1 else 0.5, 0))
    policy = retries("opens_too_little")
    policy.presets[0]["strength"] = 1.5
    row, patches = run(request_of(), policy)
    assert row["settings"]["strength"] == 1.5 and patches.pixels[0, 0, 0, 0] == 150
