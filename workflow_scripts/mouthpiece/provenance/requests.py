"""What a job of a rule says of the marks of the file that it writes."""

from pathlib import Path
from typing import Any

from .marks import Marks
from .signing import Signing
from .statement import FilmFacts


def marks_of(given: Any, params: Any, source: str) -> Marks:
    """Collect what a file is marked with.

    Args:
        given: The inputs of the job: `delivery`, `drafts`, `source`, `facts`, `takes`,
            `translation`; and `further_takes` of a file that holds several dubs.
        params: Its params: `marks`, `signing`.
        source: The user's source file.

    Returns:
        The marks.
    """
    return Marks(
        facts=FilmFacts(
            delivery=Path(given.delivery),
            drafts=[Path(draft) for draft in given.drafts],
            source=Path(given.source),
            film=Path(given.facts),
            takes=Path(given.takes) if given.takes else None,
            translation=Path(given.translation) if given.translation else None,
            further_takes=[Path(takes) for takes in given.get("further_takes") or ()],
        ),
        source=Path(source),
        language=params.marks["language"],
        signing=Signing(**params.signing),
    )
