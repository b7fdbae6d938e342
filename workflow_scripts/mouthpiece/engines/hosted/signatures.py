"""What all signed webhooks share: a time, and a code over it and the body."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from .contract import ForgedError

REPLAY_S = 300.0
"""How far a webhook's time may be from now: one that was overheard is of no use later."""


def header(headers: Mapping[str, str], name: str) -> str:
    """Read a header that a signed webhook must have.

    Args:
        headers: By their names in small letters.
        name: Its name, in small letters.

    Returns:
        Its value.

    Raises:
        ForgedError: There is none, or it is long.
    """
    value = headers.get(name, "")
    if not value or len(value) > 1000 or not value.isprintable():
        raise ForgedError(f"it has no {name}")
    return value


def check_time(text: str, now: float) -> None:
    """Check that a webhook is of now.

    Args:
        text: Its time, in seconds of the epoch.
        now: The time.

    Raises:
        ForgedError: It is too old, or of the future.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ForgedError("its time is no number")
    if abs(now - int(text)) > REPLAY_S:
        raise ForgedError(f"its time is more than {REPLAY_S:.0f} s from now")


def hmac_sha256(secret: bytes, *parts: bytes) -> bytes:
    """Compute the code over parts that are joined by full stops.

    Args:
        secret: The key.
        *parts: What is signed.

    Returns:
        32 bytes.
    """
    return hmac.new(secret, b".".join(parts), hashlib.sha256).digest()


def check_any(expected: str, given: Iterable[str]) -> None:
    """Check that a code is among those of a webhook, which has several while keys change.

    Args:
        expected: The right one.
        given: Those that it has.

    Raises:
        ForgedError: It is not.
    """
    matches = [hmac.compare_digest(expected.encode(), one.encode()) for one in given]
    if not any(matches):
        raise ForgedError("its signature is wrong")
