"""How long a film will be, as its dub and its source tell it before any of its cuts is made."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..config.delivery import Delivery
from ..core.files import read_json
from .dub import planned_frames, sound_length
from .film_length import FilmLength, fit


@dataclass(frozen=True)
class FilmPlan:
    """How long a film will be.

    Attributes:
        length: What is shown of the picture, what is held, and why.
        rate: Its frames/s.
    """

    length: FilmLength
    rate: Fraction

    @property
    def frames(self) -> int:
        """Its frames."""
        return self.length.frames

    @property
    def length_s(self) -> Fraction:
        """Its length, in seconds."""
        return self.frames / self.rate


def plan_film(dub: Path, source: Path, policy: str, delivery: Delivery) -> FilmPlan:
    """Plan the length of a film.

    Args:
        dub: Its dub.flac.
        source: The source.json of its video.
        policy: What is done where dub and picture differ in length: see `film_length.fit`.
        delivery: The config section `delivery`, of which the limits of length are read.

    Returns:
        The plan.

    Raises:
        InputError: Dub and picture differ in length, and the policy refuses that.
        Fault: The dub is broken.
    """
    known = read_json(source)
    rate = Fraction(known["rate"])
    frames = planned_frames(dub, rate) if policy == "loop" else int(known["frames"])
    length = fit(frames, rate, sound_length(dub), policy, delivery, f"{dub}: the dub")
    return FilmPlan(length, rate)
