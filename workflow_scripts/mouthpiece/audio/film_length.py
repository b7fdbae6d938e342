"""How long a film is: picture and dub fitted to one length by the length policy."""

import math
from dataclasses import dataclass
from fractions import Fraction

from ..config.delivery import Delivery
from ..core.errors import InputError
from ..core.notes import Note


@dataclass(frozen=True)
class SoundLength:
    """How long a dub is.

    Attributes:
        total_s: Its length, in seconds.
        heard_s: Where the last sound in it ends, in seconds; see `audio.dub.heard_s`.
    """

    total_s: Fraction
    heard_s: Fraction


@dataclass(frozen=True)
class FilmLength:
    """How long a film is.

    Attributes:
        shown_frames: How many of the picture's frames are shown.
        held_frames: How long the last of them is held after that, in frames.
        notes: What was done to fit picture and dub to one length.
    """

    shown_frames: int
    held_frames: int
    notes: tuple[Note, ...] = ()

    @property
    def frames(self) -> int:
        """The film's frames."""
        return self.shown_frames + self.held_frames


def fit(
    picture_frames: int,
    rate: Fraction,
    dub: SoundLength,
    policy: str,
    settings: Delivery,
    name: str = "the dub",
) -> FilmLength:
    """Fit picture and dub to one length.

    Args:
        picture_frames: The picture's frames; of a looped film, those of the looped picture.
        rate: Its frames/s.
        dub: The dub's length.
        policy: The length policy: `auto`, `error`, `pad`, `trim` or `loop`.
        settings: The config section `delivery`; its own length policy is not read.
        name: What an error calls the dub.

    Returns:
        The film's length.

    Raises:
        InputError: The lengths differ, and the policy refuses that.
    """
    picture_s = picture_frames / rate
    difference_s = abs(dub.total_s - picture_s)
    if policy == "loop" or difference_s <= settings.length_tolerance_s:
        return FilmLength(picture_frames, 0)
    limit_s = max(settings.length_limit_s, settings.length_limit_share * float(picture_s))
    if policy == "error" or (policy == "auto" and difference_s > limit_s):
        raise InputError(_refusal(name, dub.total_s, picture_s, policy, limit_s))
    if dub.total_s < picture_s and policy != "trim":
        return FilmLength(picture_frames, 0, _note("silence_added", difference_s))
    if dub.total_s < picture_s:
        shown = min(picture_frames, max(1, round(dub.total_s * rate)))
        return FilmLength(shown, 0, _note("picture_cut", difference_s))
    if policy == "trim":
        return FilmLength(picture_frames, 0, _note("sound_cut", difference_s))
    if policy == "auto" and dub.heard_s <= picture_s:
        return FilmLength(picture_frames, 0, _note("silence_cut", difference_s))
    # With `auto` what is heard is kept, and the silence after it is not.
    end_frame = math.ceil(dub.heard_s * rate) if policy == "auto" else round(dub.total_s * rate)
    held = max(0, end_frame - picture_frames)
    return FilmLength(picture_frames, held, _note("picture_held", held / rate))


def _note(code: str, seconds: Fraction) -> tuple[Note]:
    return (Note(code, {"s": round(float(seconds), 3)}),)


def _refusal(name: str, dub_s: Fraction, picture_s: Fraction, policy: str, limit_s: float) -> str:
    longer = "longer" if dub_s > picture_s else "shorter"
    found = (
        f"{name} is {abs(float(dub_s - picture_s)):.2f} s {longer} than the picture"
        f" ({float(dub_s):.2f} s, {float(picture_s):.2f} s)"
    )
    cause, others = "; correct it, or", "auto, pad, trim or loop"
    if policy == "auto":
        cause, others = (
            ", which is more than delivery.length_limit_s and length_limit_share allow"
            f" ({limit_s:.2f} s); is it the dub of another film? If it is the right one,",
            "pad, trim or loop",
        )
    return f"{found}{cause} set length_policy to {others} in dubs.tsv"
