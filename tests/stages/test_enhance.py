"""The stage: which cuts get what, and what becomes of a draft that lost its sync."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.config.enhance import Enhance
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.timeline import Clock
from mouthpiece.faces import embedding
from mouthpiece.faces.landmarks import BROW, CHIN
from mouthpiece.faces.track import Track
from mouthpiece.networks import restorer
from mouthpiece.patches.comparison import Figures
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.restore import Restoration
from mouthpiece.project.gate import Gate
from mouthpiece.stages import enhance as enhancing
from mouthpiece.stages.enhance import enhance, losses, picture_losses, planned
from mouthpiece.stages.requests import DraftFiles, EnhanceRequest
from patchsets import PatchSet, load, save

EnhanceOf = Callable[..., EnhanceRequest]
LIMITS = Gate().draft_limits
FRAMES, SIDE = 10, 48
KEY = "0123456789ab"
FACE_PX = 200


def score(confidence: float = 0.5, offset: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "scorer": "embedded",
        "confidence": confidence,
        "distance": 0.5,
        "offset_frames": offset,
        "speech_s": 2.0,
        "duration_s": 3.0,
        **other,
    }


def track() -> Track:
    points = np.zeros((FRAMES, 468, 3), np.float32)
    points[:, CHIN, 1] = points[:, BROW, 1] + FACE_PX
    return Track(points, np.ones(FRAMES, bool))


def patches(alpha: float = 1.0) -> PatchSet:
    """Each frame a little lighter or darker than the last."""
    levels = 100 + 2 * (np.arange(FRAMES) % 2)
    return PatchSet(
        "test",
        np.tile(levels.astype(np.uint8)[:, None, None, None], (1, SIDE, SIDE, 3)),
        np.full((FRAMES, SIDE, SIDE), 255, np.uint8),
        np.tile(np.eye(2, 3), (FRAMES, 1, 1)),
        np.full(FRAMES, alpha, np.float32),
    )


def files(folder: Path) -> DraftFiles:
    folder.mkdir(exist_ok=True)
    return DraftFiles(
        patches=folder / "draft.zip", row=folder / "draft.json", score=folder / "score.json"
    )


SMOOTH = Enhance(mode="all", restore="off", smooth_s=0.1)


@pytest.fixture
def draft(tmp_path: Path) -> DraftFiles:
    found = files(tmp_path / "draft")
    save(patches(), found.patches)
    write_json(found.row, {"engine": "preview", "draft": KEY})
    write_json(found.score, score())
    return found


@pytest.fixture
def request_of(
    draft: DraftFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., EnhanceRequest]:
    """The request to enhance the draft by some settings."""
    track().save(tmp_path / "track.npz")
    soundfile.write(tmp_path / "s.wav", np.zeros(48000), 16000, subtype="PCM_16")
    clock = Clock(Fraction(25), 0, FRAMES)
    monkeypatch.setattr(enhancing, "cut_clock", lambda *_: clock)

    def request(settings: Enhance = SMOOTH, **changed: Any) -> EnhanceRequest:
        made = EnhanceRequest(
            mezzanine=tmp_path / "m.mp4",
            cut=f"000000-00000{FRAMES - 1}",
            track=tmp_path / "track.npz",
            speech=tmp_path / "s.wav",
            draft=draft,
            settings=settings.model_dump(),
            final=False,
            scorer="embedded",
            limits=LIMITS.model_dump(),
            weights="",
            code="c",
            enhanced=files(tmp_path / "enhanced"),
        )
        return replace(made, **changed)

    return request


CALM = Figures(1.0, 0.2)


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the enhanced draft have this score and these figures; the draft's are `CALM`."""

    def use(found: dict[str, Any], figures: Figures = CALM) -> None:
        monkeypatch.setattr(enhancing, "score_patches", lambda *_: found)
        monkeypatch.setattr(enhancing, "compare", lambda *_: [CALM, figures])

    return use


def run(request: EnhanceRequest) -> tuple[dict[str, Any], dict[str, Any], Path]:
    enhance(request)
    enhanced = request.enhanced
    left = {path.name for path in enhanced.patches.parent.iterdir()}
    assert left == {"draft.zip", "draft.json", "score.json"}, "and nothing beside"
    return read_json(enhanced.row), read_json(enhanced.score), enhanced.patches


def test_what_keeps_its_sync_is_delivered_under_a_key_of_its_own(
    request_of: EnhanceOf, draft: DraftFiles, scores: Any
) -> None:
    scores(score(0.46))
    row, found, file = run(request_of())
    assert found["confidence"] == 0.46
    assert len(row["draft"]) == 12 and row["draft"] != KEY and row["engine"] == "preview"
    done = row["enhancement"]
    assert (done["steps"], done["reverted"], done["reasons"]) == (["smoothed"], False, [])
    assert (done["before"]["confidence"], done["after"]["confidence"]) == (0.5, 0.46)
    assert done["after"]["flicker"] < 0.3 * done["before"]["flicker"]
    assert np.ptp(load(file).pixels[3:-3].astype(int)) < np.ptp(patches().pixels[3:-3].astype(int))


def test_what_loses_its_sync_is_taken_back_whole(
    request_of: EnhanceOf, draft: DraftFiles, scores: Any
) -> None:
    scores(score(0.3))
    row, found, file = run(request_of())
    assert file.read_bytes() == draft.patches.read_bytes()
    assert found == score() and row["draft"] == KEY  # so that decisions on the draft still hold
    done = row["enhancement"]
    assert (done["steps"], done["reverted"]) == (["smoothed"], True)
    assert done["reasons"] == ["sync_lost=0.400"]
    assert (done["before"]["confidence"], done["after"]["confidence"]) == (0.5, 0.3)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A restoring network that changes nothing."""
    monkeypatch.setattr(embedding, "FaceEmbedding", lambda: "tells people apart")
    monkeypatch.setattr(restorer, "load_restorer", lambda *_: SimpleNamespace(facts=dict))
    monkeypatch.setattr(enhancing, "restored", lambda *given: iter(given[2]))


@pytest.mark.parametrize(
    ("figures", "reason"),
    [(Figures(1.2, 0.2), "flicker_gained=0.200"), (Figures(1.0, 0.3), "identity_lost=0.100")],
)
def test_what_flickers_more_or_is_another_person_is_taken_back(
    request_of: EnhanceOf, draft: DraftFiles, scores: Any, network: None, figures: Figures,
    reason: str,
) -> None:  # fmt: skip
    scores(score(), figures)
    row, _, file = run(request_of(Enhance(mode="all")))
    assert file.read_bytes() == draft.patches.read_bytes() and row["draft"] == KEY
    done = row["enhancement"]
    assert (done["reverted"], done["reasons"]) == (True, [reason])
    assert (done["before"]["warp_error"], done["before"]["identity_distance"]) == (1.0, 0.2)
    assert done["after"]["warp_error"] == figures.warp_error
    assert done["after"]["identity_distance"] == figures.identity_distance


def test_smoothing_alone_is_taken_back_where_the_face_flickers_more(
    request_of: EnhanceOf, draft: DraftFiles, scores: Any
) -> None:
    scores(score(), Figures(1.01, None))
    row, _, file = run(request_of())
    assert file.read_bytes() == draft.patches.read_bytes() and row["draft"] == KEY
    done = row["enhancement"]
    assert (done["steps"], done["reverted"]) == (["smoothed"], True)
    assert done["reasons"] == ["flicker_gained=0.010"]
    assert (done["before"]["warp_error"], done["after"]["warp_error"]) == (1.0, 1.01)


def test_both_steps_together_are_compared_with_the_draft(
    request_of: EnhanceOf, scores: Any, network: None
) -> None:
    both = Enhance(mode="all", smooth_s=0.1)
    scores(score(), Figures(0.99, 0.2))  # smoothing took off more than restoring added
    done = run(request_of(both))[0]["enhancement"]
    assert (done["steps"], done["reverted"]) == (["smoothed", "restored"], False)
    scores(score(), Figures(1.02, 0.2))
    assert run(request_of(both))[0]["enhancement"]["reasons"] == ["flicker_gained=0.020"]


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        (Figures(1.0, 0.2), Figures(1.0, 0.249), []),
        (Figures(1.0, 0.2), Figures(1.001, 0.2), ["flicker_gained=0.001"]),
        (Figures(0.3, 0.2), Figures(0.3004, 0.2), []),  # the row has no finer figures
        (Figures(0.2, 0.2), Figures(0.201, 0.2), ["flicker_gained=0.005"]),
        (Figures(1.0, 0.2), Figures(1.06, 0.26), ["flicker_gained=0.060", "identity_lost=0.060"]),
        (Figures(1.0, 0.2), Figures(0.5, 0.1), []),
        (Figures(1.0, None), Figures(1.0, None), []),
        (Figures(None, None), Figures(None, None), []),
        (Figures(0.0, 0.2), Figures(0.01, 0.2), []),  # so little is no flicker
        (Figures(0.0, 0.2), Figures(0.02, 0.2), ["flicker_gained=1.000"]),
    ],
)
def test_what_an_enhancement_may_cost_the_picture(
    before: Figures, after: Figures, reasons: list[str]
) -> None:
    assert picture_losses(before, after, SMOOTH) == reasons


def test_config_may_allow_more_flicker() -> None:
    lenient = SMOOTH.model_copy(update={"max_flicker_gain": 0.03})
    assert picture_losses(Figures(1.0, None), Figures(1.029, None), lenient) == []
    assert picture_losses(Figures(1.0, None), Figures(1.031, None), lenient) != []


def test_an_empty_draft_and_a_silent_one_are_handed_on(
    request_of: EnhanceOf, draft: DraftFiles
) -> None:
    for nothing in (PatchSet.empty("test"), patches(alpha=0)):
        save(nothing, draft.patches)
        row, found, file = run(request_of())
        assert file.read_bytes() == draft.patches.read_bytes()
        assert (row["draft"], found) == (KEY, score())
        assert row["enhancement"]["steps"] == []


FAULT = {"stage": "score", "kind": "MemoryError", "message": "no memory"}


def test_a_draft_that_a_fault_left_is_handed_on(request_of: EnhanceOf, draft: DraftFiles) -> None:
    write_json(draft.score, {"fault": FAULT})
    row, found, file = run(request_of())
    assert file.read_bytes() == draft.patches.read_bytes()
    assert (row["draft"], row["enhancement"]["steps"], found["fault"]) == (KEY, [], FAULT)


def test_what_a_fault_of_its_own_leaves(request_of: EnhanceOf, draft: DraftFiles) -> None:
    enhanced = request_of().enhanced
    enhance.on_fault(request_of(), FAULT)
    assert enhanced.patches.read_bytes() == draft.patches.read_bytes()
    row = read_json(enhanced.row)
    assert (row["draft"], row["fault"], read_json(enhanced.score)) == (KEY, FAULT, {})


def test_who_approved_the_draft_enhanced_approved_its_final(
    request_of: EnhanceOf, draft: DraftFiles, scores: Any
) -> None:
    scores(score())
    enhanced_key = run(request_of())[0]["draft"]
    write_json(draft.row, {"engine": "latentsync", "draft": "ba9876543210", "stands_for": [KEY]})
    row, _, _ = run(request_of())
    assert row["stands_for"] == [KEY, enhanced_key] and row["draft"] not in row["stands_for"]


def test_the_key_knows_what_was_done(request_of: EnhanceOf, draft: DraftFiles, scores: Any) -> None:
    scores(score())
    requests = [
        request_of(),
        request_of(SMOOTH.model_copy(update={"smooth_s": 0.2})),
        request_of(SMOOTH.model_copy(update={"strength": 0.7})),
        request_of(weights="other"),
        request_of(code="other"),
        request_of(packages={"torch": "0"}),
    ]
    keys = [run(one)[0]["draft"] for one in requests]
    assert len({KEY, *keys}) == 7
    same = request_of(SMOOTH.model_copy(update={"max_drop": 0.3, "batch_faces": 2}))
    assert run(same)[0]["draft"] == keys[0]


@pytest.mark.parametrize(
    ("mode", "restore", "close_up_px", "final", "steps", "reasons"),
    [
        ("final", "all", 300, True, ["smoothed", "restored"], []),
        ("final", "all", 300, False, [], []),
        ("close_ups", "all", 300, False, [], ["no_close_up=200"]),
        ("close_ups", "all", 300, True, ["smoothed", "restored"], []),
        ("close_ups", "all", 200, False, ["smoothed", "restored"], []),
        ("all", "all", 300, False, ["smoothed", "restored"], []),
        ("all", "close_ups", 300, False, ["smoothed"], ["no_close_up=200"]),
        ("all", "close_ups", 300, True, ["smoothed", "restored"], []),
        ("all", "close_ups", 200, False, ["smoothed", "restored"], []),
        ("all", "off", 300, False, ["smoothed"], []),
    ],
)
def test_what_a_cut_gets(
    mode: Any, restore: Any, close_up_px: int, final: bool, steps: list[str], reasons: list[str]
) -> None:
    chosen = Enhance(mode=mode, restore=restore, close_up_px=close_up_px, smooth_s=0.1)
    assert planned(track(), chosen, final) == (steps, reasons)
    still = chosen.model_copy(update={"smooth_s": 0.0})
    assert planned(track(), still, final)[0] == [s for s in steps if s != "smoothed"]


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        (score(0.5), score(0.6), []),
        (score(0.5), score(0.45), []),
        (score(0.5), score(0.44), ["sync_lost=0.120"]),
        (score(0.17), score(0.155), ["verdict_lost=0.155"]),  # of 2 s of speech passes from 0.16
        (score(0.5), score(0.5, offset=2), ["verdict_lost=0.500"]),
        (score(0.05), score(0.04), ["sync_lost=0.200"]),
        (score(-0.05), score(-0.06), ["sync_lost=1.000"]),
        (score(-0.05), score(-0.04), []),
        (score(0.5, speech_s=0.1), score(0.1, speech_s=0.1), []),
    ],
)
def test_when_an_enhancement_is_taken_back(
    before: dict[str, Any], after: dict[str, Any], reasons: list[str]
) -> None:
    assert losses(before, after, SMOOTH.max_drop, LIMITS, None) == reasons


def test_an_enhancement_far_below_its_source_is_taken_back() -> None:
    """As the gate has it: what would be doubtful beside its source has lost its verdict."""
    limits = LIMITS.model_copy(update={"min_source_share": 0.6})
    drop = SMOOTH.max_drop
    assert losses(score(0.37), score(0.35), drop, limits, score(0.6)) == ["verdict_lost=0.350"]
    assert losses(score(0.37), score(0.35), drop, limits, None) == []


def test_restoration_is_asked_of_gfpgan(
    request_of: EnhanceOf, scores: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    network = SimpleNamespace(facts=lambda: {"halved_to": {"batch_faces": 1}})
    monkeypatch.setattr(embedding, "FaceEmbedding", lambda: "tells people apart")

    def loaded(device: str, batch_faces: int) -> Any:
        asked.append((device, batch_faces))
        return network

    def restored(*given: Any) -> Iterator[Patch]:
        how: Restoration = given[3]
        assert (how.restorer, how.strength, how.factor) == (network, 0.7, 1)
        for patch in given[2]:
            yield replace(patch, pixels=patch.pixels + 1)

    monkeypatch.setattr(restorer, "load_restorer", loaded)
    monkeypatch.setattr(enhancing, "restored", restored)
    scores(score())
    monkeypatch.setattr(enhancing, "compare", lambda *given: asked.append(given[4]) or [CALM] * 2)
    chosen = Enhance(mode="all", strength=0.7, device="cpu", batch_faces=3)
    row, _, file = run(request_of(chosen))
    assert asked == [("cpu", 3), "tells people apart"] and row["enhancement"]["steps"] == [
        "restored"
    ]
    assert row["enhancement"]["halved_to"] == {"batch_faces": 1}
    np.testing.assert_array_equal(load(file).pixels, patches().pixels + 1)
