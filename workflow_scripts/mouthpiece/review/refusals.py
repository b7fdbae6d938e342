"""Refusals: a person decided that the original is delivered of a cut, whatever its drafts are.

A refusal (decision `passthrough`) binds to the frames of the cut it was made on, not to a draft. So
it holds after a redraft, and where the cut's boundaries move it is carried to the cuts that show
these frames now. The reason may be a withdrawn consent: a refusal ends only by its row being taken
out of the table of decisions.
"""

from collections.abc import Collection, Iterable, Mapping

from ..core.cuts import Cut

REFUSAL = "passthrough"
"""The decision that refuses a cut."""

CARRIED = "carried passthrough"
"""The column `decision` of a cut that a refusal of another cut id refuses."""

SETTLED = ("approve", REFUSAL, CARRIED)
"""The values of the column `decision` that settle a cut: no person needs to look at it again."""


def frames_of(cut: str) -> range:
    """Read the frames of a cut from its id.

    Args:
        cut: An id, such as "000120-000219": its first and its last frame.

    Returns:
        The frames; none where the last comes before the first.
    """
    found = Cut.from_id(cut)
    return range(found.first_frame, found.end_frame)


def overlap(one: range, other: range) -> int:
    """Count the frames that two runs of frames share.

    Args:
        one: A run of frames.
        other: Another one.

    Returns:
        How many frames are in both.
    """
    return max(0, min(one.stop, other.stop) - max(one.start, other.start))


def refusals_in(decisions: Mapping[str, str]) -> list[str]:
    """Pick the refusals out of the decisions on a film.

    Args:
        decisions: Cut id -> decision (`approve`, `passthrough`, `retry` or empty).

    Returns:
        The ids of the cuts that were refused; they need not be cuts of the film any more.
    """
    return [cut for cut, decision in decisions.items() if decision == REFUSAL]


def carried_to(refusal: str, cuts: Iterable[str]) -> list[str]:
    """Find the cuts that a refusal refuses.

    A cut is refused if at least half of its frames are, or if no other cut shows more of the
    refused frames. So both halves of a refused cut are refused when it is split, and a cut that
    gained a few frames of it is not.

    Args:
        refusal: The id of the cut that was refused.
        cuts: The ids of the cuts of the film.

    Returns:
        Those of them that are refused; none where the film has none of these frames.
    """
    frames = frames_of(refusal)
    shared = {cut: overlap(frames, frames_of(cut)) for cut in cuts}
    most = max(shared.values(), default=0)
    return [
        cut
        for cut, count in shared.items()
        if count and (count == most or 2 * count >= len(frames_of(cut)))
    ]


def refused_by(cuts: Collection[str], refusals: Iterable[str]) -> dict[str, str]:
    """Find the refused cuts of a film.

    Args:
        cuts: The ids of its cuts.
        refusals: The ids of the cuts that were refused, of this cut list or of an earlier one.

    Returns:
        Each refused cut -> the refusal: its own id where it was refused itself, else that with
        which it shares the most frames.
    """
    known = set(cuts)
    found: dict[str, str] = {}
    for refusal in sorted(refusals):
        for cut in [refusal] if refusal in known else carried_to(refusal, cuts):
            frames = frames_of(cut)
            if cut not in found or _rank(refusal, cut, frames) > _rank(found[cut], cut, frames):
                found[cut] = refusal
    return found


def _rank(refusal: str, cut: str, frames: range) -> tuple[bool, int]:
    return refusal == cut, overlap(frames_of(refusal), frames)
