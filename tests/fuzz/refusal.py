"""One damaged input: it is read, or refused in words, and either at once."""

import time
from collections.abc import Callable

from mouthpiece.core.errors import InputError

SLOWEST_S = 2.0


def refusal(read: Callable[[], object], number: int, content: bytes, longest: int) -> str:
    """Read an input; returns the message of its refusal, empty where it is not refused."""
    began, message = time.process_time(), ""
    try:
        read()
    except InputError as error:
        message = str(error)
        assert message and len(message) < longest, (number, content)
    except Exception as error:
        raise AssertionError(f"input {number}: {content!r}") from error
    assert time.process_time() - began < SLOWEST_S, (number, content)
    return message
