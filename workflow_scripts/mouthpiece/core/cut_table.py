"""The rows of cuts.tsv: everything known of each cut of a film."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .plain_table import read_plain, write_plain


@dataclass(frozen=True)
class CutRow:
    """A row of cuts.tsv; empty text where something does not apply.

    Attributes:
        cut: The id of the cut.
        first_frame: Its first frame in the film.
        frames: Its length in frames.
        guard: The guard's verdict, `lipsync` or `passthrough`.
        guard_reasons: Why guard or speaker held the cut back: `code=value`, separated by `;`.
        reported: What speaker stage and gate found and only report.
        speaker: Whether the face speaks: `speaks`, `not_speaking` or `unknown`.
        source_confidence: The score of the source's picture with its own sound.
        source_offset_frames: Its offset, in frames of 25 fps.
        engine: The engine that was asked for a draft.
        fault: The fault that took the cut: stage, kind and message.
        gate: The gate's verdict: `pass`, `review`, `fail`, `unjudged`, or `none` without a draft.
        gate_reasons: Why it is not `pass`.
        scorer: Who scored the draft.
        confidence: LSE-C of the draft, or the scorer's like of it.
        distance: LSE-D.
        offset_frames: How far lips and voice are apart, in frames of 25 fps; + is late lips.
        speech_s: Speech in the dub of this cut, in seconds.
        mouth_in_silence_s: For how long the mouth of the draft moves or is open while the dub is
            silent, in seconds. This and the other measures of the picture are empty where it could
            not be judged.
        enhanced: What the enhancement did; `reverted` before it where it was taken back.
        enhance_reasons: Why something of it was left out or taken back.
        drafted_confidence: The confidence before the enhancement.
        enhanced_confidence: The confidence after it.
        draft: The key of the draft, 12 hex digits.
        decision: A person's decision and whether it holds; see `stages.cut_table`.
        carried_from: The id of the cut that a carried refusal was made on.
        preset: The preset that a person chose.
        tier: `final` where a person marked the cut for the final tier.
        note: A person's note.
        action: What is delivered: `lipsync` (the draft) or `passthrough` (the original).
        reason: Why, as one code.
        attempts: The drafts that were tried, as JSON.
        moved_frames: How much sooner than asked for the lips are drawn, in frames of 25 fps.
        settings: The engine's settings, as JSON.
        facts: What was measured of avatar and draft, as JSON.
        weights: The version of the engine's weights.
        code: The version of the engine's code.
        packages: The versions of the packages that computed draft and score, as JSON.
        source_probability: How probable the source's sound makes it that this face speaks, where
            the scorer can tell.
        source_hearing: What heard it for that: `phones` or `bands`.
        opening_ratio: How far the draft's mouth opens, over how far the person's own does.
        width_ratio: How far it spreads and narrows, over how far the person's own does.
        asymmetry: How much less alike its two halves are than those of the person's own, -1 to 1.
        detail: Its sharpness over the source's.
        shade_step: The greatest change of the drawn skin's shade from a frame to the next, beyond
            the source's own, in levels of 255.
        seam: How steeply the draft departs from the picture at its rim, in levels of 255 for each
            32nd of the distance between the outer eye corners.
        final: The final engine, where it drew the cut once more; `reverted` before it where the
            draft stands.
        final_reasons: Why the draft stands.
        final_fault: The fault for which there is no final: stage, kind and message.
        replaced_confidence: The confidence of the draft that the final was compared with.
        final_confidence: That of the final.
        stands_for: The keys of the drafts whose approval holds for this one, separated by `;`.
        price_usd: What a service was, or may have been, paid for the cut, in US dollars.
        drafted_warp_error: How much the drawn face flickers before the enhancement, as a share of
            its contrast; see `patches.warp_error`.
        enhanced_warp_error: The same after it.
        drafted_identity_distance: How far the drawn face is from the filmed one before it is
            restored, as distance of an embedding; two people are 0.6 apart.
        enhanced_identity_distance: The same after it.
        open_in_silence_s: For how long the draft's lips are further apart than the person's own at
            rest while the dub is silent, in seconds.
        second_face: The share of the searched frames with a second face; empty: there is none.
        silence_s: The dub's silences in which the mouth is watched, in seconds.
        confidence_limit: The confidence from which a draft passes with as much speech as this.
        mouth_in_silence_s_limit: The limit of that measure of the picture that held for this draft:
            the greatest value. The limits are empty where nothing was measured, or none is set.
        open_in_silence_s_limit: The same of this measure.
        opening_ratio_limit: The same, but the least value.
        width_ratio_limit: The same, the least value.
        asymmetry_limit: The same, the greatest value.
        detail_limit: The same, the least value.
        shade_step_limit: The same, the greatest value.
        seam_limit: The same, the greatest value.
    """

    cut: str
    first_frame: int
    frames: int
    guard: str
    guard_reasons: str
    reported: str
    speaker: str
    source_confidence: str
    source_offset_frames: str
    engine: str
    fault: str
    gate: str
    gate_reasons: str
    scorer: str
    confidence: str
    distance: str
    offset_frames: str
    speech_s: str
    mouth_in_silence_s: str
    enhanced: str
    enhance_reasons: str
    drafted_confidence: str
    enhanced_confidence: str
    draft: str
    decision: str
    carried_from: str
    preset: str
    tier: str
    note: str
    action: str
    reason: str
    attempts: str
    moved_frames: str
    settings: str
    facts: str
    weights: str
    code: str
    packages: str
    source_probability: str = ""
    source_hearing: str = ""
    opening_ratio: str = ""
    width_ratio: str = ""
    asymmetry: str = ""
    detail: str = ""
    shade_step: str = ""
    seam: str = ""
    final: str = ""
    final_reasons: str = ""
    final_fault: str = ""
    replaced_confidence: str = ""
    final_confidence: str = ""
    stands_for: str = ""
    price_usd: str = ""
    drafted_warp_error: str = ""
    enhanced_warp_error: str = ""
    drafted_identity_distance: str = ""
    enhanced_identity_distance: str = ""
    second_face: str = ""
    open_in_silence_s: str = ""
    silence_s: str = ""
    confidence_limit: str = ""
    mouth_in_silence_s_limit: str = ""
    open_in_silence_s_limit: str = ""
    opening_ratio_limit: str = ""
    width_ratio_limit: str = ""
    asymmetry_limit: str = ""
    detail_limit: str = ""
    shade_step_limit: str = ""
    seam_limit: str = ""


def write_rows(rows: list[CutRow], table: Path) -> None:
    """Write cuts.tsv, whole or not at all.

    Args:
        rows: The rows, in the order of the film.
        table: The file to write.
    """
    names = [field.name for field in fields(CutRow)]
    write_plain(names, [[getattr(row, name) for name in names] for row in rows], table)


def read_rows(table: Path) -> list[CutRow]:
    """Read a cuts.tsv of this version.

    Args:
        table: The file.

    Returns:
        Its rows, in the order of the film.
    """
    rows = []
    for row in read_table(table):
        values: dict[str, Any] = dict(row)
        for name in ("first_frame", "frames"):
            values[name] = int(values[name])
        rows.append(CutRow(**values))
    return rows


def read_table(table: Path) -> list[dict[str, str]]:
    """Read a cuts.tsv, whatever columns it has.

    Args:
        table: The file.

    Returns:
        Its rows as text by column, in the order of the film.
    """
    return read_plain(table)
