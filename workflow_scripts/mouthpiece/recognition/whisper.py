"""What all that run Whisper share: the codes of languages."""

from collections.abc import Sequence

from ..core.errors import InputError
from .base import macrolanguage

OWN_CODES = {"jw": "jv"}
"""Whisper's codes that are no BCP-47 tags of today."""


def tag_of_code(code: str) -> str:
    """Read a language code of Whisper.

    Args:
        code: Such as "en" or "jw".

    Returns:
        The BCP-47 tag.
    """
    return OWN_CODES.get(code, code)


def code_of_tag(tag: str, codes: Sequence[str], recognizer: str) -> str:
    """Find Whisper's code of a language.

    Args:
        tag: A BCP-47 tag.
        codes: The codes that the model has.
        recognizer: The recognizer's name, for the message.

    Returns:
        The code.

    Raises:
        InputError: The model does not know the language.
    """
    by_tag = {tag_of_code(code): code for code in codes}
    found = by_tag.get(macrolanguage(tag)) or by_tag.get(tag.partition("-")[0])
    if found is None:
        raise InputError(
            f"the recognizer {recognizer} does not know the language {tag!r}; name a script in"
            " videos.tsv, or choose another recognizer (config: transcribe.recognizer)"
        )
    return found
