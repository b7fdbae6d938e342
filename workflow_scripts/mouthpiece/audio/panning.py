"""Where a dub is heard among the channels of a background."""

from collections.abc import Sequence

import numpy as np

SHARE = 0.5**0.5
"""A sound in two channels is 3 dB down in each: their powers add up to its own, so it measures as
loud (ITU-R BS.1770) and is heard as loud as from one loudspeaker."""

FOLDED = {
    "FC": ("FL", "FR"),
    "FLC": ("FL",),
    "FRC": ("FR",),
    "BL": ("SL", "FL"),
    "BR": ("SR", "FR"),
    "SL": ("BL", "FL"),
    "SR": ("BR", "FR"),
}
"""Where a channel goes that the background lacks: the first of these that it has, but the centre to
both (ITU-R BS.775). Other channels of a dub, which hold no dialogue, are left out."""


def panning(dub: Sequence[str], background: Sequence[str]) -> np.ndarray:
    """Decide how loud each channel of a dub is in each channel of a film.

    Dialogue belongs into the centre where the film has one: a dub in one channel, or in two, goes
    there. Without a centre it is heard between left and right.

    Args:
        dub: libav's names of the dub's channels.
        background: libav's names of the film's channels.

    Returns:
        Factors, [D, B] float64.
    """
    matrix = np.zeros((len(dub), len(background)))
    for row, name in enumerate(dub):
        for channel, factor in _places(name, dub, background).items():
            matrix[row, background.index(channel)] += factor
    return matrix


def _places(name: str, dub: Sequence[str], film: Sequence[str]) -> dict[str, float]:
    """The channels of the film in which one of the dub is heard."""
    if len(film) == 1:
        return {film[0]: _in_mono(name, dub)}
    if len(dub) == 1:
        return _centred(film)
    is_front_pair = name in ("FL", "FR") and "FC" not in dub
    if is_front_pair and "FC" in film:
        return {"FC": SHARE}
    if name in film:
        return {name: 1.0}
    if name == "FC":
        return _centred(film)
    found = next((other for other in FOLDED.get(name, ()) if other in film), None)
    is_same_side = name[0] in "BS" and found is not None and found[0] in "BS"
    return {found: 1.0 if is_same_side else SHARE} if found else {}


def _centred(film: Sequence[str]) -> dict[str, float]:
    if "FC" in film:
        return {"FC": 1.0}
    pair = [name for name in ("FL", "FR") if name in film] or list(film[:2])
    return dict.fromkeys(pair, len(pair) ** -0.5)


def _in_mono(name: str, dub: Sequence[str]) -> float:
    if len(dub) == 1 or name == "FC":
        return 1.0
    if name.startswith("LFE"):
        return 0.0
    return SHARE if name in ("FL", "FR", "FLC", "FRC") else 0.5
