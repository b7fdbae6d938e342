"""Stage `package`: what is delivered of a master."""

import logging
from pathlib import Path
from typing import Protocol

from ..core.files import atomic, link_or_copy

log = logging.getLogger(__name__)


class Profile(Protocol):
    """A form in which films are delivered."""

    def write(self, master: Path, path: Path) -> None:
        """Make a deliverable.

        Args:
            master: The film's master.mp4.
            path: The file to write. It does not exist yet.
        """


class Same:
    """The master as it is."""

    def write(self, master: Path, path: Path) -> None:
        """See `Profile.write`. The files share their space on disk where the disk allows it."""
        link_or_copy(master, path)


PROFILES: dict[str, Profile] = {"master": Same()}
"""The profiles, by name."""


def package(master: Path, path: Path, profile: str) -> None:
    """Make a deliverable of a film, whole or not at all.

    Args:
        master: The film's master.mp4.
        path: The file to write.
        profile: A name in `PROFILES`.
    """
    if path.exists() and path.samefile(master):
        return
    with atomic(path) as temporary:
        PROFILES[profile].write(master, temporary)
    log.info("profile %s", profile)
