"""Questions to a chat endpoint whose answers are JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .endpoint import Endpoint

MOST_ANSWER_BYTES = 1 << 20

MOST_TOKENS = 10**9

AnswerFormat = Literal["json_schema", "json_object", "text"]

_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)

_CUT = {"length": "it is cut off", "content_filter": "a filter of the service stopped it"}
"""What `finish_reason` says of an answer that is not whole."""


@dataclass(frozen=True)
class Usage:
    """What a service counted.

    Attributes:
        input_tokens: The tokens that it read.
        output_tokens: The tokens that it wrote.
    """

    input_tokens: int = 0
    output_tokens: int = 0

    def cost_usd(self, input_price: float, output_price: float) -> float:
        """Work out what it costs.

        Args:
            input_price: US dollars for a million tokens that are read.
            output_price: US dollars for a million tokens that are written.

        Returns:
            US dollars.
        """
        return (self.input_tokens * input_price + self.output_tokens * output_price) / 1e6


@dataclass(frozen=True)
class ChatAnswer:
    """An answer.

    Attributes:
        value: What the answer's JSON holds; None: it has none.
        problem: Why there is no value; empty where there is one.
        usage: What the service counted.
    """

    value: Any
    problem: str
    usage: Usage


def ask(
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any],
    answer_format: AnswerFormat,
) -> ChatAnswer:
    """Ask a question. It is paid, whatever the answer is worth.

    Args:
        endpoint: The service.
        messages: The conversation, as the endpoint /chat/completions takes it.
        schema: The JSON schema of the answer.
        answer_format: How the service is told to answer in JSON.

    Returns:
        The answer; it is not checked against the schema.

    Raises:
        InputError: The service refuses the request.
        Fault: There is no answer.
    """
    body: dict[str, Any] = {"model": endpoint.settings.model, "messages": list(messages)}
    if answer_format == "json_schema":
        named = {"name": "answer", "strict": True, "schema": dict(schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    elif answer_format == "json_object":
        body["response_format"] = {"type": "json_object"}
    return _read(endpoint.post("/chat/completions", body, MOST_ANSWER_BYTES))


def _read(content: bytes) -> ChatAnswer:
    if not content.strip():
        return ChatAnswer(None, "it is empty", Usage())
    usage = Usage()
    try:
        answer = json.loads(content)
        usage = _usage(answer)
        choice = answer["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ChatAnswer(None, "it is no chat completion", usage)
    cut = _CUT.get(str(choice.get("finish_reason")), "")
    if not isinstance(text, str) or not text.strip():
        return ChatAnswer(None, cut or "it has no text", usage)
    fenced = _FENCE.fullmatch(text)
    try:
        return ChatAnswer(json.loads(fenced[1] if fenced else text), "", usage)
    except (ValueError, RecursionError):
        return ChatAnswer(None, cut or "it is no JSON", usage)


def _usage(answer: Any) -> Usage:
    counted = answer.get("usage")
    counted = counted if isinstance(counted, dict) else {}
    return Usage(_count(counted.get("prompt_tokens")), _count(counted.get("completion_tokens")))


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else 0
