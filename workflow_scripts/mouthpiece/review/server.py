"""A small server for the review pages: what a reviewer decides is saved at once.

The pages are those that `rules/review.smk` made; they save to the project's table of decisions. Who
may use it: see `local_server`.
"""

from typing import Self

from .applying import Runner
from .handler import Handler
from .local_server import LocalServer
from .store import ReviewStore

USUAL_PORT = 8437
"""The same each time, so that a tunnel to this machine need not change."""


class Server(LocalServer):
    """Serves the reviews of a folder on this machine.

    Attributes:
        reviews: The films, and the table of decisions.
        runner: What starts the project's run; None: the project is not known.
    """

    def __init__(
        self, reviews: ReviewStore, port: int = 0, runner: Runner | None = None, secret: str = ""
    ) -> None:
        """Start to listen.

        Args:
            reviews: The films, and the table of decisions.
            port: The port; 0: any that is free.
            runner: What starts the project's run; None: the project is not known.
            secret: The secret of the address, where one is kept; empty: a new one.
        """
        self.reviews, self.runner = reviews, runner
        super().__init__(port, Handler, secret)

    @classmethod
    def usual(cls, reviews: ReviewStore, runner: Runner | None = None, secret: str = "") -> Self:
        """Start to listen on USUAL_PORT, or on any free port where that is in use.

        Args:
            reviews: The films, and the tables.
            runner: As for a server on a port that is named.
            secret: As for a server on a port that is named.

        Returns:
            The server.

        Raises:
            OSError: No port can be used.
        """
        try:
            return cls(reviews, USUAL_PORT, runner, secret)
        except OSError:
            return cls(reviews, 0, runner, secret)
