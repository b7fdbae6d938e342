"""Which drafts pass the gate, from which confidence: a table for benchmarks/people.py."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shares import over_people

from mouthpiece.scorers.settings import GateLimits
from mouthpiece.scorers.verdict import judge

CONFIDENCES = tuple(hundredths / 100 for hundredths in range(10, 21))


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
    """

    person: str
    sound: str
    duration_s: float
    speech_s: float
    confidence: float
    offset_frames: int

    def passes(self, limits: GateLimits) -> bool:
        """Whether the gate lets it pass."""
        return judge(asdict(self), limits)[0] == "pass"


def passing(drafts: Sequence[Draft], limits: GateLimits) -> dict[str, dict[str, list[float]]]:
    """Sound -> person -> 1 for each draft that passes, 0 for each that does not."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        found[draft.sound][draft.person].append(float(draft.passes(limits)))
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
