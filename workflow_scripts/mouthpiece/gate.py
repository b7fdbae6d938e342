"""Which drafts are good enough: per cut a measurement, per film one decision for all cuts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from .clock import Clock
from .composite import composited
from .cutrows import CutRow, write_rows
from .cuts import Cut
from .faces import FaceMesh, Region
from .files import read_json, write_json
from .loudness import speech_s
from .patches import load
from .picture import to_rgb
from .scorers import Seen, at_score_rate, scorer
from .settings import Gate
from .speech import SAMPLE_RATE, Speech
from .track import Track


def measure(
    mezzanine: Path,
    clock: Clock,
    track: Path,
    draft: Path,
    speech: Path,
    scorer_name: str,
    score: Path,
) -> None:
    """Score a cut's draft, as composited, against its speech; JSON, `{}` for an empty draft."""
    patches = load(draft)
    if patches.frames == 0:
        write_json(score, {})
        return
    sound = Speech.load(speech)
    first, end = clock.samples(SAMPLE_RATE)
    samples = sound.samples[sound.start : sound.start + end - first]
    reformatter = VideoReformatter()
    pictures = (to_rgb(frame, reformatter) for frame in composited(mezzanine, clock, patches))
    face = faces_in(pictures, Track.load(track))
    found = scorer(scorer_name).score(at_score_rate(face, clock.rate, clock.frames), samples)
    write_json(
        score,
        {
            "scorer": scorer_name,
            **asdict(found),
            "duration_s": float(clock.frames / clock.rate),
            "speech_s": speech_s(samples),
        },
    )


def faces_in(pictures: Iterable[np.ndarray], track: Track) -> Iterator[Seen]:
    """The face as drawn, its mesh looked for anew where the track has it; one frame at a time."""
    mesh = FaceMesh()
    for picture, points in zip(pictures, track.points, strict=True):
        yield Seen(picture, mesh.locate(picture, Region.of_mesh(points))[0])


def judge(score: dict[str, Any], settings: Gate) -> tuple[str, list[str]]:
    """The gate's verdict on a measured draft, and its reasons.

    pass, review, fail or unjudged; reasons are codes with the measured value.
    """
    limits = getattr(settings.scorers, score["scorer"])
    if score["speech_s"] < limits.min_speech_s:
        return "unjudged", [f"silent={score['speech_s']:.2f}"]
    if score["duration_s"] < limits.min_judged_s:
        return "unjudged", [f"too_short={score['duration_s']:.2f}"]
    confidence, offset = score["confidence"], score["offset_frames"]
    failures = []
    if confidence < limits.fail_confidence:
        failures.append(f"low_confidence={confidence:.3f}")
    if abs(offset) > limits.max_offset_frames:
        failures.append(f"off_sync={offset}")
    if failures:
        return "fail", failures
    if confidence < limits.min_confidence:
        return "review", [f"doubtful={confidence:.3f}"]
    return "pass", []


def decide(
    cuts: list[Cut],
    guards: list[Path],
    drafts: list[Path],
    scores: list[Path],
    decisions: dict[str, dict[str, str]],
    settings: Gate,
    table: Path,
) -> None:
    """Decide what is delivered of each cut of a film, and write cuts.tsv.

    guards, drafts (their JSON rows) and scores are in the order of the cuts.
    """
    rows = [
        _row(
            cut,
            read_json(guard),
            read_json(draft),
            read_json(score),
            decisions.get(cut.cut, {}),
            settings,
        )
        for cut, guard, draft, score in zip(cuts, guards, drafts, scores, strict=True)
    ]
    write_rows(rows, table)


def _row(
    cut: Cut,
    guard: dict[str, Any],
    draft: dict[str, Any],
    score: dict[str, Any],
    decision: dict[str, str],
    settings: Gate,
) -> CutRow:
    reasons = [f"{r['code']}={r['value']:.4g}" for r in guard["reasons"]]
    gate, gate_reasons = judge(score, settings) if score else ("none", [])
    action, reason = _action(draft, reasons, gate, gate_reasons, settings)
    said = decision.get("decision", "")
    if said and decision["draft"] not in ("", draft["draft"]):
        said = f"stale {said}"
    elif said == "passthrough":
        action, reason = "passthrough", "decided"
    elif said == "approve" and score:
        action, reason = "lipsync", "decided"
    elif said == "approve":
        said = "moot approve"
    return CutRow(
        cut=cut.cut,
        first_frame=cut.first_frame,
        frames=cut.frames,
        guard=guard["verdict"],
        guard_reasons=";".join(reasons),
        engine=draft["engine"],
        gate=gate,
        gate_reasons=";".join(gate_reasons),
        scorer=score.get("scorer", ""),
        confidence=f"{score['confidence']:.4f}" if score else "",
        distance=f"{score['distance']:.4f}" if score else "",
        offset_frames=str(score["offset_frames"]) if score else "",
        speech_s=f"{score['speech_s']:.2f}" if score else "",
        draft=draft["draft"],
        decision=said,
        action=action,
        reason=reason,
        settings=json.dumps(draft["settings"], sort_keys=True),
        code=draft["code"],
    )


def _action(
    draft: dict[str, Any],
    guard_reasons: list[str],
    gate: str,
    gate_reasons: list[str],
    settings: Gate,
) -> tuple[str, str]:
    """What is delivered, and why in one code: `action`, `reason` of the row."""
    if gate == "none":
        return "passthrough", (guard_reasons or [draft.get("fault", "no_draft")])[0]
    action = "lipsync" if gate == "pass" else getattr(settings.deliver, gate)
    return action, (gate_reasons or ["in_sync"])[0]
