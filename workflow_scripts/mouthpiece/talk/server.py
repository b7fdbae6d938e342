"""The server of the page on which one talks with an avatar."""

from typing import Self

from ..review.local_server import LocalServer
from .handler import Handler
from .room import Room

USUAL_PORT = 8438
"""The same each time, beside the review server's."""


class TalkServer(LocalServer):
    """Serves the page on this machine.

    Attributes:
        page: The page.
        room: Where people talk.
    """

    def __init__(self, page: bytes, room: Room, port: int = 0) -> None:
        """Start to listen.

        Args:
            page: The page.
            room: Where people talk.
            port: The port; 0: any that is free.
        """
        self.page, self.room = page, room
        super().__init__(port, Handler)

    @classmethod
    def usual(cls, page: bytes, room: Room) -> Self:
        """Start to listen on USUAL_PORT, or on any free port where that is in use.

        Args:
            page: The page.
            room: Where people talk.

        Returns:
            The server.

        Raises:
            OSError: No port can be used.
        """
        try:
            return cls(page, room, USUAL_PORT)
        except OSError:
            return cls(page, room)
