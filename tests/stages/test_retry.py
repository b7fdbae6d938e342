"""Second chances, with an engine and a scorer of the test's own."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.config.retry import Retry
from mouthpiece.core.files import read_json
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch_set import PatchSet, load
from mouthpiece.project.settings import Engines, Gate, Scorers
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.stages import bake as baking
from mouthpiece.stages import retry as retrying
from mouthpiece.stages.draft import Recipe, RetryPolicy, Scene, draft

FRAMES = 4


class FakeEngine:
    """Paints its strength, and where its speech starts."""

    loaded = None

    def __init__(self, chosen: PreviewSettings) -> None:
        self.chosen = chosen

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        avatar.write_text(f"baked at {self.chosen.size_px}")

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> PatchSet:
        pixels = np.full((FRAMES, 8, 8, 3), round(100 * self.chosen.strength), np.uint8)
        pixels[..., 1] = (speech.start - SAMPLE_RATE) // 640
        masks, affine = np.full((FRAMES, 8, 8), 255, np.uint8), np.zeros((FRAMES, 2, 3))
        return PatchSet("preview", pixels, masks, affine, np.ones(FRAMES, np.float32))

    def facts(self, avatar: Path) -> dict[str, Any]:
        return {"avatar": avatar.read_text()}


def make(name: str, engines: Engines) -> FakeEngine:
    return FakeEngine(engines.preview)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    Track(np.zeros((FRAMES, 468, 3), np.float32), np.ones(FRAMES, bool)).save(tmp_path / "t.npz")
    soundfile.write(tmp_path / "s.wav", np.zeros(3 * SAMPLE_RATE), SAMPLE_RATE, subtype="PCM_16")
    (tmp_path / "avatar").write_text("the avatar")
    clock = Clock(Fraction(25), 0, FRAMES)
    return Scene(
        tmp_path / "m.mp4", clock, tmp_path / "avatar", tmp_path / "t.npz", tmp_path / "s.wav"
    )


@pytest.fixture
def score_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a function of (strength, frames moved) say confidence and offset."""
    monkeypatch.setattr(baking, "read_rgb", lambda *_, **__: iter(()))

    def use(say: Any) -> None:
        def score_patches(*given: Any) -> dict[str, Any]:
            pixel = given[3].pixels[0, 0, 0].astype(int)
            confidence, offset = say(pixel[0] / 100, int(pixel[1]))
            return {
                "scorer": "embedded", "confidence": confidence, "offset_frames": offset,
                "speech_s": 2.0, "duration_s": 3.0,
            }  # fmt: skip

        monkeypatch.setattr(retrying, "score_patches", score_patches)

    return use


def recipe(**settings: Any) -> Recipe:
    chosen = Engines.model_validate({"preview": settings}).preview.model_dump()
    return Recipe("preview", chosen, {"size_px": 256}, "w", "c")


def chances(*presets: str, correct_offset: bool = False) -> RetryPolicy:
    return RetryPolicy(Retry(presets=presets, correct_offset=correct_offset), Gate())


def run(
    scene: Scene, recipe: Recipe, chances: RetryPolicy | None, tmp_path: Path
) -> tuple[dict[str, Any], PatchSet]:
    draft(scene, recipe, chances, tmp_path / "d.zip", tmp_path / "d.json", make)
    return read_json(tmp_path / "d.json"), load(tmp_path / "d.zip")


def test_without_second_chances_nothing_is_scored(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(None)
    row, patches = run(scene, recipe(), None, tmp_path)
    assert (row["attempts"], row["facts"]) == ([], {"avatar": "the avatar"})
    assert patches.pixels[0, 0, 0, 0] == 100


def test_what_changes_no_result_is_in_no_row_and_no_key(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    """Here the strength stands for a folder of weights, or a number of threads."""
    score_by(None)
    known = recipe(size_px=512)
    kept = {key: value for key, value in known.settings.items() if key != "strength"}
    rows = []
    for strength in (0.5, 0.7):
        neutral = {"strength": strength}
        one = replace(known, settings=kept, baked={}, neutral=neutral)
        row, patches = run(scene, one, None, tmp_path)
        assert patches.pixels[0, 0, 0, 0] == round(100 * strength), "but it is obeyed"
        rows.append(row)
    assert rows[0] == rows[1] and "strength" not in rows[0]["settings"]


def test_the_ladder_ends_at_the_first_that_passes(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(lambda strength, moved: (0.05 if strength == 1 else 0.5, 0))
    ladder = chances("opens_too_little", "opens_too_much")
    row, patches = run(scene, recipe(), ladder, tmp_path)
    assert [(a["preset"], a["gate"]) for a in row["attempts"]] == [
        ("standard", "fail"),
        ("opens_too_little", "pass"),
    ]
    assert row["settings"]["strength"] == 1.35 and patches.pixels[0, 0, 0, 0] == 135


def test_a_first_draft_that_passes_is_the_only_one(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(lambda strength, moved: (0.5, 0))
    row, _ = run(scene, recipe(), chances("opens_too_little"), tmp_path)
    assert len(row["attempts"]) == 1


def test_of_drafts_that_all_fail_the_best_is_kept(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(lambda strength, moved: ({1.0: 0.03, 1.35: 0.08, 0.7: 0.05}[strength], 0))
    ladder = chances("opens_too_little", "opens_too_much")
    row, _ = run(scene, recipe(), ladder, tmp_path)
    assert len(row["attempts"]) == 3 and row["settings"]["preset"] == "opens_too_little"


def test_a_draft_far_below_its_source_is_tried_again(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    """As the gate has it: the same confidence is enough only for a source of no more."""
    score_by(lambda strength, moved: ({1.0: 0.3, 1.35: 0.5}[strength], 0))
    embedded = EmbeddedSettings(min_confidence=0.2, fail_confidence=0.1, min_source_share=0.6)
    gate = Gate(scorers=Scorers(embedded=embedded))
    retry = Retry(presets=("opens_too_little",))
    source = {"scorer": "embedded", "confidence": 0.6}
    tried, _ = run(scene, recipe(), RetryPolicy(retry, gate, source), tmp_path)
    assert [a["gate"] for a in tried["attempts"]] == ["review", "pass"]
    once, _ = run(scene, recipe(), RetryPolicy(retry, gate), tmp_path)
    assert [a["gate"] for a in once["attempts"]] == ["pass"]


def test_a_constant_offset_is_corrected(scene: Scene, score_by: Any, tmp_path: Path) -> None:
    """Lips 4 frames late are drawn 4 frames sooner: the sound that they follow is moved on."""
    score_by(lambda strength, moved: (0.5, 4 - moved))
    row, patches = run(scene, recipe(), chances(correct_offset=True), tmp_path)
    assert [a["offset_frames"] for a in row["attempts"]] == [4, 0]
    assert row["moved_frames"] == 4 and patches.pixels[0, 0, 0, 1] == 4


def test_an_offset_that_did_not_help_is_let_go(scene: Scene, score_by: Any, tmp_path: Path) -> None:
    """A weak draft's best offset is noise: presets are then tried where the dub lies."""
    score_by(lambda strength, moved: (0.5, 0) if (strength, moved) == (1.35, 0) else (0.02, 9))
    ladder = chances("opens_too_little", correct_offset=True)
    row, _ = run(scene, recipe(), ladder, tmp_path)
    tried = [(a["preset"], a["moved_frames"], a["gate"]) for a in row["attempts"]]
    assert tried == [
        ("standard", 0, "fail"),
        ("standard", 9, "fail"),
        ("opens_too_little", 0, "pass"),
    ]
    assert row["moved_frames"] == 0


def test_presets_are_tried_with_an_offset_that_helped(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(lambda strength, moved: (0.5 if strength == 1.35 else 0.15, 4 - moved))
    ladder = chances("opens_too_little", correct_offset=True)
    row, _ = run(scene, recipe(), ladder, tmp_path)
    assert [a["moved_frames"] for a in row["attempts"]] == [0, 4, 4]
    assert row["attempts"][-1]["gate"] == "pass"


def test_the_key_knows_what_was_drawn(scene: Scene, score_by: Any, tmp_path: Path) -> None:
    score_by(lambda strength, moved: (0.5, 4 - moved))
    moved, _ = run(scene, recipe(), chances(correct_offset=True), tmp_path)
    plain, _ = run(scene, recipe(), None, tmp_path)
    stronger, _ = run(scene, recipe(strength=1.5), None, tmp_path)
    other = Recipe("preview", recipe().settings, {"size_px": 256}, "other weights", "c")
    reloaded, _ = run(scene, other, None, tmp_path)
    keys = [row["draft"] for row in (moved, plain, stronger, reloaded)]
    assert len(set(keys)) == 4


def test_settings_that_the_avatar_was_not_baked_with_are_baked_for(
    scene: Scene, score_by: Any, tmp_path: Path
) -> None:
    score_by(None)
    row, _ = run(scene, recipe(size_px=512), None, tmp_path)
    assert row["facts"] == {"avatar": "baked at 512"}
