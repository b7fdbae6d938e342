"""The scorers by name. A new scorer needs one line here, or an entry point of its own package."""

import functools
from typing import TYPE_CHECKING

from ..core.plugins import load_plugins
from .settings import ScorerSettings

if TYPE_CHECKING:
    from .base import Scorer  # imports NumPy, which the command of a run need not

BUILT_IN = {
    "embedded": "mouthpiece.scorers.embedded.settings:EmbeddedSettings",
    "aperture": "mouthpiece.scorers.aperture.settings:ApertureSettings",
    "syncnet_v2": "mouthpiece.scorers.syncnet_v2.settings:SyncnetSettings",
    "latentsync": "mouthpiece.scorers.latentsync.settings:LatentsyncSettings",
}
GROUP = "mouthpiece.scorers"
"""The entry point group by which other installed packages add scorers."""


@functools.cache
def scorer_settings() -> dict[str, type[ScorerSettings]]:
    """Find the scorers.

    Returns:
        The settings class of each scorer, by name.
    """
    return load_plugins(BUILT_IN, GROUP)


def create_scorer(name: str) -> "Scorer":
    """Build a scorer.

    Args:
        name: Its name.

    Returns:
        The scorer, with its weights loaded.

    Raises:
        InputError: Its weights are not there.
    """
    return scorer_settings()[name].build()
