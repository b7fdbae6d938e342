"""The scorers by name."""

from .base import Scorer


def create_scorer(name: str) -> Scorer:
    """The scorer of that name. Raises InputError where its weights are not there."""
    if name == "embedded":
        from .embedded.scorer import Embedded

        return Embedded()
    if name == "aperture":
        from .aperture.scorer import Aperture

        return Aperture()
    if name == "syncnet_v2":
        from .syncnet_v2.scorer import SyncnetV2

        return SyncnetV2()
    if name == "latentsync":
        from .latentsync.scorer import Latentsync

        return Latentsync()
    raise ValueError(f"no scorer {name!r}")
