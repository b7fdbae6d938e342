"""The consent of the people in films: the option, and the question on a terminal."""

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

Consent = Annotated[
    str,
    typer.Option(
        "--consent",
        metavar="TEXT",
        help="Who allowed the likeness of the people in the film to be used, and where that "
        "is kept. Needed once a film; on a terminal, it is asked for.",
    ),
]

Result = TypeVar("Result")


def with_consent(consent: str, work: Callable[[str], Result]) -> Result:
    """Do what needs a consent; on a terminal, ask for one that is missing.

    Args:
        consent: The value of `--consent`.
        work: What is done with a consent.

    Returns:
        What the work returns.

    Raises:
        ConsentMissing: None was said, and nobody can be asked.
    """
    from ..runs.consent import ConsentMissing

    try:
        return work(consent)
    except ConsentMissing:
        if consent or not sys.stdin.isatty():
            raise
    asked = "Who allowed the likeness of the people in the film to be used, and where is that kept"
    return work(typer.prompt(asked))
