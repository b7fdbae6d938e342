"""What a user says of who allowed the likeness of people to be used."""

from ..core.errors import InputError
from ..project.rows import one_line

SHORTEST_CONSENT = 4
"""As in the schema of videos.tsv."""


class ConsentMissing(InputError):
    """Nobody said yet who allowed the likeness of the people in a film to be used."""


def checked_consent(text: str) -> str:
    """Check what a user says of consent.

    Args:
        text: Who allowed the likeness of people to be used, and where that is kept.

    Returns:
        It, as a cell of videos.tsv can hold it.

    Raises:
        ConsentMissing: It says nothing.
    """
    consent = one_line(text)
    if len(consent) < SHORTEST_CONSENT:
        raise ConsentMissing(
            f"{'no consent' if not consent else f'consent {consent!r}'}: say with --consent who "
            "allowed the likeness of the people in the film to be used, and where that is kept"
            f"{f'; {SHORTEST_CONSENT} characters at least' if consent else ''}"
        )
    return consent
