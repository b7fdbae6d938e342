"""What the forms of delivered files can hold, and how much of a disk they take at least."""

from fractions import Fraction
from pathlib import Path

from ..config.delivery import Delivery
from ..core.errors import InputError
from .picture_codecs import DNXHR_LEAST_PX
from .wrap import MXF_RATES

MEZZANINE_BYTES, FILM_BYTES = 0.03, 0.01
"""The least that a pixel of a frame takes on disk, in the mezzanine and in each film: that of
slides on a screen. A camera's picture takes ten times as much."""

PROFILE_BYTES = {"hevc": 0.003, "prores": 0.1, "dnxhr": 0.4}
"""The same of the profiles of a film with a picture of their own. DNxHR HQX has a constant rate."""

STEM_BYTES_S = 3 * 2 * 3 * 44_100
"""What a second of stems takes: three, of two channels, of 24 bit."""


def check_forms(source: Path, size_px: object, rate: Fraction, delivery: Delivery) -> None:
    """Refuse a picture that the files of a profile cannot hold.

    Args:
        source: The source, for messages.
        size_px: Its width and height, a list; None where they are not known.
        rate: The film's frames/s.
        delivery: The config section `delivery`.

    Raises:
        InputError: A profile has no such picture.
    """
    if "dnxhr" not in delivery.profiles:
        return
    if isinstance(size_px, list) and any(
        px < least for px, least in zip(size_px, DNXHR_LEAST_PX, strict=True)
    ):
        least = "x".join(map(str, DNXHR_LEAST_PX))
        raise InputError(
            f"{source}: its picture of {size_px[0]}x{size_px[1]} is too small for DNxHR, which"
            f" begins at {least}; take dnxhr out of delivery.profiles"
        )
    if delivery.dnxhr_form == "mxf" and rate not in MXF_RATES:
        raise InputError(
            f"{source}: MXF has no {float(rate):.6g} frames/s; set delivery.dnxhr_form to mov, or"
            " normalize.frame_rate to a rate of broadcasting"
        )


def least_bytes(pixels: int, length_s: float, films: int, delivery: Delivery) -> float:
    """Estimate what a video and its films take on disk at least.

    Args:
        pixels: The pixels of all its frames.
        length_s: Its length, in seconds.
        films: How many films it has.
        delivery: The config section `delivery`.

    Returns:
        The bytes.
    """
    of_film = FILM_BYTES + sum(PROFILE_BYTES[profile] for profile in delivery.encoded)
    shared = MEZZANINE_BYTES + FILM_BYTES * ("multilingual" in delivery.profiles)
    stems_s = length_s * ("stems" in delivery.profiles)
    return pixels * (shared + films * of_film) + films * stems_s * STEM_BYTES_S
