"""Where a weight file is downloaded from: its source, or a mirror that the environment names.

Environment variables:
    HF_ENDPOINT: A mirror of Hugging Face, for the sources `hf:`.
    HF_TOKEN: A token for Hugging Face or its mirror. It is sent to no other host and never logged.
    MOUTHPIECE_URL_MIRROR: A mirror of the sources `url:`. It serves the file of
        https://HOST/PATH at MIRROR/HOST/PATH.
"""

import os
import re
from urllib.parse import urlsplit

from ..core.errors import InputError
from .table import Weight

HUB_VARIABLE, TOKEN_VARIABLE, MIRROR_VARIABLE = "HF_ENDPOINT", "HF_TOKEN", "MOUTHPIECE_URL_MIRROR"


def address(weight: Weight) -> str:
    """Build the address of a file, at its source or at the configured mirror.

    Args:
        weight: A row of weights.tsv whose source is `hf:` or `url:`.

    Returns:
        An absolute HTTP address.

    Raises:
        InputError: If a mirror's environment variable holds no address.
    """
    (part,) = weight.parts
    if part.kind == "url":
        mirror = _server(MIRROR_VARIABLE)
        return f"{mirror}/{part.origin.partition('://')[2]}" if mirror else part.origin
    from huggingface_hub import hf_hub_url

    repository, _, revision = part.origin.partition("@")
    return hf_hub_url(
        repository, part.member, revision=revision, endpoint=_server(HUB_VARIABLE) or None
    )


def host(weight: Weight) -> str:
    """Name the host that a file is downloaded from, for messages.

    Args:
        weight: A row of weights.tsv whose source is `hf:` or `url:`.

    Returns:
        The host, with its port where the address has one.
    """
    return urlsplit(address(weight)).netloc


def token(weight: Weight) -> str:
    """Read the token that is sent with a request for a file.

    Args:
        weight: A row of weights.tsv.

    Returns:
        The token; empty where none is set or the source is not Hugging Face.

    Raises:
        InputError: If the variable holds characters that no token has.
    """
    value = os.environ.get(TOKEN_VARIABLE, "").strip() if weight.kind == "hf" else ""
    if value and not re.fullmatch(r"[\x21-\x7e]+", value):
        raise InputError(
            f"the environment variable {TOKEN_VARIABLE} holds characters that no token has"
        )
    return value


def _server(variable: str) -> str:
    """The address that an environment variable holds; empty where it is not set."""
    value = os.environ.get(variable, "").strip().rstrip("/")
    if value and not re.fullmatch(r"https?://[^\s@/]+(/\S*)?", value):
        raise InputError(
            f"the environment variable {variable} holds no address such as https://mirror.example "
            "(with no user or password in it)"
        )
    return value
