"""What an avatar answers: the same words, or those of a chat endpoint that the config names."""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from ..services.chat_stream import answer_parts
from ..services.endpoint import Endpoint
from ..services.settings import EndpointSettings


class Replies(Protocol):
    """Answers what a person says."""

    def parts(self, text: str) -> Iterator[str]:
        """Answer.

        Args:
            text: What the person said.

        Returns:
            The answer in parts, as they come.

        Raises:
            InputError: The config lacks something, or the service refuses.
            Fault: There is no answer.
        """

    def remember(self, said: str, answered: str) -> None:
        """Take note of a turn.

        Args:
            said: What the person said.
            answered: The sentences of the answer that were heard, the last one maybe in part.
        """


class Echo:
    """Answers with the same words. Nothing leaves the machine. See `Replies`."""

    def parts(self, text: str) -> Iterator[str]:
        """See `Replies.parts`."""
        yield text

    def remember(self, said: str, answered: str) -> None:
        """See `Replies.remember`: there is nothing to remember."""


class ChatReplies:
    """Answers by an OpenAI-compatible endpoint, which gets the words of the conversation."""

    def __init__(
        self, settings: EndpointSettings, instructions: str, remembered_turns: int
    ) -> None:
        """Prepare. Nothing is sent yet.

        Args:
            settings: Where the service is.
            instructions: What it is told of its part.
            remembered_turns: How many turns before are sent with a new one.
        """
        self._endpoint = Endpoint(settings)
        self._instructions = instructions
        self._turns: deque[tuple[str, str]] = deque(maxlen=remembered_turns)

    def parts(self, text: str) -> Iterator[str]:
        """See `Replies.parts`."""
        turns = [*self._turns, (text, "")]
        spoken = [pair for turn in turns for pair in zip(("user", "assistant"), turn, strict=True)]
        messages = [("system", self._instructions), *spoken]
        yield from answer_parts(
            self._endpoint,
            [{"role": role, "content": content} for role, content in messages if content],
        )

    def remember(self, said: str, answered: str) -> None:
        """See `Replies.remember`."""
        self._turns.append((said, answered))
