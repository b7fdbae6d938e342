"""Fitting a take to its slot: by the rate of the voice, a stretch, the pause that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..config.fit import Fit

FITS_S = 0.08
"""A take fits its slot if their lengths differ by no more than this, in seconds: two frames."""


@dataclass(frozen=True)
class Slot:
    """The time that a line has.

    Attributes:
        start_s: When the source's line begins, in seconds from picture 0.
        length_s: How long it is.
        room_s: How much longer a take may be, into the pause that follows.
        before_s: How much earlier a take may begin, where the film ends too soon for it.
    """

    start_s: float
    length_s: float
    room_s: float
    before_s: float


def slots(lines: Sequence[tuple[float, float]], film_s: float, gap_s: float) -> list[Slot]:
    """Find the slots of lines.

    Args:
        lines: When each line begins and ends, in seconds.
        film_s: The film's length.
        gap_s: The silence that is left between two lines.

    Returns:
        The slots, in the order of the lines.
    """
    found = []
    for start_s, end_s in lines:
        end_s = max(start_s, min(end_s, film_s))
        later = min(
            (other for other, _ in lines if other >= end_s and other > start_s), default=None
        )
        limit_s = film_s if later is None else min(film_s, later - gap_s)
        earlier = [other for begun, other in lines if begun < start_s]
        before_s = start_s - max((other + gap_s for other in earlier), default=0.0)
        found.append(Slot(start_s, end_s - start_s, max(0.0, limit_s - end_s), max(0.0, before_s)))
    return found


def wanted_rate(natural_s: float, slot: Slot, limits: Fit, rates: tuple[float, float]) -> float:
    """Find the rate at which a line is spoken.

    Args:
        natural_s: How long it is at the voice's own rate, in seconds.
        slot: Its slot.
        limits: The config section `speak.fit`.
        rates: The slowest and the fastest rate of the synthesizer.

    Returns:
        The rate; 1 where a stretch alone does.
    """
    wanted = natural_s / slot.length_s if slot.length_s > 0 else rates[1]
    if abs(wanted - 1) <= limits.stretch_only:
        return 1.0
    slowest, fastest = max(limits.slowest, rates[0]), min(limits.fastest, rates[1])
    return round(min(max(wanted, slowest), fastest), 2)


def stretch(spoken_s: float, slot: Slot, limits: Fit) -> float:
    """Find how much a take is stretched.

    Args:
        spoken_s: How long it is, in seconds.
        slot: Its slot.
        limits: The config section `speak.fit`.

    Returns:
        Its new length as a share of `spoken_s`; 1 where it stays too short all the same: it is slow
        already, and a slower voice would fill no more than a part of the silence.
    """
    if slot.length_s - spoken_s * limits.most_stretched > FITS_S:
        return 1.0
    share = slot.length_s / spoken_s
    return round(min(max(share, limits.most_squeezed), limits.most_stretched), 4)


@dataclass(frozen=True)
class Placed:
    """Where a take is laid.

    Attributes:
        start_s: When it begins, in seconds from picture 0.
        early_s: How much earlier than its slot it begins.
        borrowed_s: How much of the pause after its slot it takes.
        overrun_s: How much longer it is than slot and pause.
    """

    start_s: float
    early_s: float
    borrowed_s: float
    overrun_s: float


def place(fitted_s: float, slot: Slot, film_s: float) -> Placed:
    """Place a take. It begins with its slot, unless the film ended before it.

    Args:
        fitted_s: Its length, in seconds.
        slot: Its slot.
        film_s: The film's length.

    Returns:
        Where it is laid.
    """
    over_s = max(0.0, fitted_s - slot.length_s)
    borrowed_s = min(over_s, slot.room_s)
    past_s = slot.start_s + fitted_s - film_s
    early_s = min(max(0.0, past_s), slot.before_s)
    return Placed(
        slot.start_s - early_s, early_s, borrowed_s, max(0.0, over_s - borrowed_s - early_s)
    )
