"""What engines that buy their drafts offer to the command: a ledger, prices, a receiver."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ..core.plugins import load_class
from .settings import EngineSettings


class Receiver(Protocol):
    """A server for the reports of a service."""

    server_port: int

    def serve_forever(self) -> None:
        """Serve until the process is told to end."""


class Purchases(Protocol):
    """Looks after what an engine buys in the current folder."""

    def rows(self) -> Sequence[Mapping[str, str]]:
        """List what was bought, or is being bought.

        Returns:
            The rows, each with the same columns; none where nothing was.
        """

    def check(self) -> None:
        """Ask whether the model of the config takes its parameters, unless it was bought of before.

        Raises:
            InputError: It does not, or there is no such model.
            Fault: Who sells it says nothing now.
        """

    def clear(self, key: str, live: bool = False) -> str:
        """Let a draft be bought again.

        Args:
            key: The first digits of its key.
            live: Whether that may be one whose film is there or may come.

        Returns:
            What became of it.

        Raises:
            InputError: There is none, it needs no clearing, it is live, or it is being bought.
        """

    def usd(self, length_s: float) -> float:
        """Tell the price of a draft.

        Args:
            length_s: How long the cut is, in seconds.

        Returns:
            US dollars.

        Raises:
            InputError: Config names no price.
        """

    def receiver(self, host: str, port: int) -> AbstractContextManager[Receiver]:
        """Listen for reports.

        Args:
            host: The address that is listened on.
            port: The port; 0: any that is free.

        Returns:
            The server; leaving it closes it.

        Raises:
            InputError: Config or environment lack something.
            Fault: The service does not say the keys that it signs with.
            OSError: The address cannot be listened on.
        """


def purchases_of(settings: EngineSettings) -> Purchases | None:
    """Find what looks after an engine's purchases.

    Args:
        settings: The engine's settings.

    Returns:
        It; None: the engine buys nothing.
    """
    if not settings.purchases:
        return None
    made: Purchases = load_class(settings.purchases)(settings)
    return made
