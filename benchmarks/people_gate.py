"""Which drafts pass the gate, and from which confidence: tables for benchmarks/people.py."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shares import over_people

from mouthpiece.scorers.picture_verdict import PictureFinding, picture_findings
from mouthpiece.scorers.settings import DraftLimits, GateLimits
from mouthpiece.scorers.verdict import judge, judge_draft

CONFIDENCES = tuple(hundredths / 100 for hundredths in range(6, 21))


@dataclass(frozen=True)
class Draft:
    """A piece of a face, as drawn or as filmed, scored as a cut.

    Attributes:
        person: Whose face it is.
        sound: What it was scored against: right, swapped, shifted_3 or shifted_5.
        duration_s: The piece's length.
        speech_s: How much is said in it.
        confidence: LSE-C.
        offset_frames: The offset that was found.
        picture: What its picture shows, by the fields of `scorers.picture.PictureMeasures`; what is
            not measured is absent or None.
    """

    person: str
    sound: str
    duration_s: float
    speech_s: float
    confidence: float
    offset_frames: int
    picture: Mapping[str, float | None] = field(default_factory=dict)

    def passes(self, limits: GateLimits) -> bool:
        """Whether the gate would let it pass by its sync."""
        return judge(asdict(self), limits)[0] == "pass"

    def passes_whole(self, limits: DraftLimits) -> bool:
        """Whether the gate lets it pass, by its sync and its picture."""
        return judge_draft({**asdict(self), **self.picture}, limits)[0] == "pass"

    def faults(self, limits: DraftLimits) -> list[PictureFinding]:
        """What its picture shows that makes it doubtful."""
        return [found for found in picture_findings(self.picture, limits.picture) if found.judged]


def passing(drafts: Sequence[Draft], limits: GateLimits) -> dict[str, dict[str, list[float]]]:
    """Sound -> person -> 1 for each draft that passes by its sync, 0 for each that does not."""
    return _by_sound(drafts, lambda draft: draft.passes(limits))


def passing_whole(
    drafts: Sequence[Draft], limits: DraftLimits
) -> dict[str, dict[str, list[float]]]:
    """The same of those that pass by sync and picture."""
    return _by_sound(drafts, lambda draft: draft.passes_whole(limits))


def held_back(drafts: Sequence[Draft], limits: DraftLimits) -> dict[str, dict[str, list[float]]]:
    """Fault -> person -> 1 for each right draft that passes by its sync and has that fault, 0 for
    each other right draft; only faults that some have. One draft may have several.
    """
    right = [draft for draft in drafts if draft.sound == "right"]
    found: dict[str, dict[str, list[float]]] = {}
    for fault in limits.picture.judged:
        has = [
            draft.passes(limits) and fault in {one.fault for one in draft.faults(limits)}
            for draft in right
        ]
        if any(has):
            found[fault] = defaultdict(list)
            for draft, held in zip(right, has, strict=True):
                found[fault][draft.person].append(float(held))
    return found


def _by_sound(
    drafts: Sequence[Draft], tells: Callable[[Draft], bool]
) -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        found[draft.sound][draft.person].append(float(tells(draft)))
    return found


def from_confidences(drafts: Sequence[Draft], limits: GateLimits) -> dict[str, dict[str, Any]]:
    """Confidence -> sound -> the share that would pass, were that the limit for all of them."""
    return {
        f"{confidence:.2f}": {
            sound: over_people(groups)
            for sound, groups in passing(drafts, _from(confidence, limits)).items()
        }
        for confidence in CONFIDENCES
    }


def _from(confidence: float, limits: GateLimits) -> GateLimits:
    return GateLimits.model_validate(
        limits.model_dump(include=set(GateLimits.model_fields))
        | {"min_confidence": confidence, "fail_confidence": 0.0, "short_confidence": None}
    )


def print_gate(title: str, table: dict[str, dict[str, Any]]) -> None:
    """Print what would pass, a line for each confidence."""
    print(f"\n{title}: share that passes from a confidence")
    for confidence, sounds in table.items():
        shares = "  ".join(
            f"{sound} {100 * found['value']:5.1f} % of {found['pieces']}"
            f" [{100 * found['interval_95'][0]:.1f}, {100 * found['interval_95'][1]:.1f}]"
            for sound, found in sounds.items()
        )
        print(f"  {confidence}  {shares}")
