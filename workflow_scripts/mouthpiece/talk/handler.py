"""How the talk server answers a request: the page, a browser's offer, and its leaving."""

from http import HTTPStatus
from typing import Annotated, ClassVar, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import InputError
from ..review.answers import TYPES, Answer, json_answer
from ..review.local_handler import LocalHandler, LocalSite
from ..review.request_error import RequestError
from .borders import LONGEST_NAME
from .room import OccupiedError, Room


class Offer(BaseModel):
    """What a browser sends to be let in.

    Attributes:
        avatar: The avatar's name.
        sdp: The browser's session description.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    avatar: Annotated[str, Field(max_length=LONGEST_NAME)]
    sdp: Annotated[str, Field(min_length=1, max_length=60_000)]


class Leaving(BaseModel):
    """What a browser sends when its page is closed.

    Attributes:
        visit: The visit's key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    visit: Annotated[str, Field(max_length=100)]


class Site(LocalSite, Protocol):
    """What a handler needs of its server.

    Attributes:
        page: The page.
        room: Where people talk.
    """

    page: bytes
    room: Room


class Handler(LocalHandler):
    """Answers one connection."""

    name: ClassVar[str] = "talk server"

    @property
    def _site(self) -> Site:
        return cast(Site, self.server)

    def get(self, path: str) -> Answer:
        """See `LocalHandler.get`: the page; who is there, with the token."""
        if path == "/":
            return Answer(self._site.page, TYPES[".html"])
        if path == "/avatars":
            names = list(self._site.room.avatars)
            return json_answer({"token": self._site.write_token, "avatars": names})
        raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")

    def post(self, path: str) -> Answer:
        """See `LocalHandler.post`: lets a browser in, or out."""
        try:
            if path == "/enter":
                offer = Offer.model_validate_json(self.body())
                visit, answer = self._site.room.enter(offer.avatar, offer.sdp)
                return json_answer({"visit": visit, "sdp": answer})
            if path == "/leave":
                self._site.room.leave(Leaving.model_validate_json(self.body()).visit)
                return json_answer({})
        except ValidationError:
            raise RequestError(
                HTTPStatus.BAD_REQUEST, "the request is not what is wanted"
            ) from None
        except OccupiedError as error:
            raise RequestError(HTTPStatus.CONFLICT, str(error)) from None
        except InputError as error:
            raise RequestError(HTTPStatus.BAD_REQUEST, str(error)) from None
        raise RequestError(HTTPStatus.NOT_FOUND, "there is no such page")
