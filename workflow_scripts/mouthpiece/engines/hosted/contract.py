"""What a service is to the engine: what it is asked, and what that means for money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from ...core.errors import Fault
from ...services.attempt import Attempt

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Order:
    """A cut to be drawn by a service.

    Attributes:
        key: Identifies it: the SHA-256 of clip, sound, service, model and parameters, and of the
            boxes where the service is told them, in hex.
        model: The model, as the service names it.
        parameters: The model's own parameters.
        clip: The cut's picture, MP4.
        sound: The cut's sound, WAV.
        frames: How many frames the clip has.
        length_s: How long it is.
        boxes: The face in each frame, in pixels of the clip: left, top, right, bottom; none
            where the service takes none.
    """

    key: str
    model: str
    parameters: Mapping[str, Any]
    clip: Path
    sound: Path
    frames: int
    length_s: float
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Uploads:
    """Where a service finds the files of an order.

    Attributes:
        clip: Address of the clip; empty where it is a part of the request.
        sound: Address of the sound, as `clip`.
    """

    clip: str = ""
    sound: str = ""


@dataclass(frozen=True)
class Accepted:
    """A request that a service has taken.

    Attributes:
        request_id: What the service calls it.
        urls: Where its state is asked, by the service's own names.
    """

    request_id: str
    urls: Mapping[str, str] = field(default_factory=dict)


State = Literal["waiting", "succeeded", "failed"]


@dataclass(frozen=True)
class Progress:
    """What a service says of a request.

    Attributes:
        state: What that means.
        raw: The service's own word for it.
        output_url: Where the film is; empty unless it succeeded.
    """

    state: State
    raw: str
    output_url: str = ""


@dataclass(frozen=True)
class Report:
    """A webhook whose signature is right.

    Attributes:
        event: Identifies it, so that it counts once.
        request_id: The request that it is about.
        strange: The service's own word for a state that is not known here; empty: it is known.
    """

    event: str
    request_id: str
    strange: str = ""


class RefusedError(Fault):
    """The service did not take a request, which therefore costs nothing."""


class BusyError(Fault):
    """The service asks to come again later; nothing was taken.

    Attributes:
        wait_s: How long it asks to wait; None: it does not say.
    """

    def __init__(self, message: str, wait_s: float | None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class LostError(Fault):
    """Nobody knows whether the service has taken a request."""


class ForgedError(Exception):
    """A webhook is not what the service signed, or too old."""


class Ask(Protocol):
    """Sends one request, and never repeats it."""

    def __call__(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> Attempt:
        """Send a request once.

        Args:
            method: Such as "POST".
            url: The address.
            content: The request's bytes.
            headers: The request's headers.
            most_bytes: The largest answer that is taken.

        Returns:
            What became of it.
        """


class Service(Protocol):
    """A service that sells lip sync.

    Attributes:
        name: Its name in config and ledger.
        host: Its host, for messages.
        repeats_safely: Whether a submit with the same token is taken once, however often it is
            sent.
    """

    name: str
    repeats_safely: bool

    @property
    def host(self) -> str:
        """See `Service`."""

    def check_model(self, model: str, parameters: Mapping[str, Any]) -> None:
        """Ask what a model takes, where the service alone knows that. It costs nothing.

        Args:
            model: The model, as the service names it.
            parameters: Its parameters.

        Raises:
            InputError: It is no lip sync, or does not take them.
            BusyError: There is no answer now.
        """

    def check(self, order: Order) -> None:
        """Check an order before anything is sent.

        Args:
            order: The order.

        Raises:
            InputError: The service cannot do it.
            BusyError: There is no answer now.
        """

    def upload(self, order: Order) -> Uploads:
        """Send the files, where they are sent by themselves. It costs nothing.

        Args:
            order: The order.

        Returns:
            Where they are.
        """

    def submit(self, order: Order, uploads: Uploads, token: str) -> Accepted:
        """Ask for the work, once. From here on it costs.

        Args:
            order: The order.
            uploads: Where its files are.
            token: Identifies this one purchase.

        Returns:
            The request.

        Raises:
            RefusedError: It is not taken.
            BusyError: It is not taken now.
            InputError: The key is not taken.
            LostError: Nobody knows.
        """

    def find(self, order: Order, uploads: Uploads, since: float) -> Accepted | None:
        """Look for a request whose answer was lost in the service's own list.

        Args:
            order: The order.
            uploads: Where its files are.
            since: When it was sent, in seconds of the epoch.

        Returns:
            The request; None: the list does not have it.
        """

    def named(self, model: str, request_id: str) -> Accepted:
        """Address a request whose name is all that is known of it.

        Args:
            model: Its model.
            request_id: What the service calls it.

        Returns:
            The request.
        """

    def poll(self, request: Accepted) -> Progress:
        """Ask what became of a request.

        Args:
            request: The request.

        Returns:
            What the service says.

        Raises:
            BusyError: It says nothing now.
            InputError: The key is not taken.
            Fault: It says what nobody knows here; the message has its word.
        """

    def check_webhooks(self, now: float) -> None:
        """Check that webhooks can be verified: by a secret, or by keys that the service publishes.

        Args:
            now: The time, in seconds of the epoch.

        Raises:
            InputError: The secret is not there, or is none.
            Fault: The service does not say its keys now.
        """

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: float) -> Report:
        """Check a webhook.

        Args:
            headers: Its headers, by their names in small letters.
            body: Its body, as it came.
            now: The time, in seconds of the epoch.

        Returns:
            What it is about.

        Raises:
            ForgedError: Its signature is wrong, or it is too old.
            UnreadableError: It is signed, and cannot be read.
        """
