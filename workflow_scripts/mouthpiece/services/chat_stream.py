"""The answer of a chat endpoint, part by part as it is written (server-sent events)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .endpoint import Endpoint, UselessAnswerError
from .stream import answer_lines

MOST_BYTES = 1 << 20
"""How much of an answer is read. A word of it takes some 200 bytes."""

PREFIX = "data:"
"""What begins a line of an event's data."""

END = "[DONE]"


def answer_parts(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Ask a question, once; it is paid, whatever the answer is worth.

    A service that does not stream answers all the same: its answer is one part.

    Args:
        endpoint: The service.
        messages: The conversation, as the endpoint /chat/completions takes it.

    Yields:
        The parts of the answer's text, none of them empty.

    Raises:
        InputError: The config lacks something, or the service refuses the request.
        UselessAnswerError: There is an answer, and it has no text.
        Fault: There is no answer, or it breaks off.
    """
    body = {"model": endpoint.settings.model, "messages": list(messages), "stream": True}
    plain: list[str] = []
    has_text = False
    for line in answer_lines(endpoint, "/chat/completions", body, MOST_BYTES):
        if not line.startswith(PREFIX):
            plain.append(line)  # a comment or another field, or an answer that is no stream
            continue
        data = line.removeprefix(PREFIX).strip()
        if data == END:
            break
        if text := _text(data, "delta"):
            has_text = True
            yield text
    if not has_text:
        if not (text := _text("\n".join(plain), "message")):
            raise UselessAnswerError(f"{endpoint.settings.host}: its answer has no text")
        yield text


def _text(data: str, key: str) -> str:
    """The text of a chat completion, or of a part of one; empty: it has none."""
    try:
        value: Any = json.loads(data)["choices"][0][key]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""
