"""The services by name, and what each needs to be asked."""

from collections.abc import Callable
from dataclasses import dataclass

from ...core.errors import InputError
from .contract import Ask, Service
from .fal import FILES, PLATFORM, QUEUE, Fal
from .replicate import API as REPLICATE_API
from .replicate import Replicate
from .settings import HostedSettings
from .sync import API as SYNC_API
from .sync import Sync
from .wire import Client, direct, secret


@dataclass(frozen=True)
class _Kind:
    """How a service is made.

    Attributes:
        host: Its host, for messages.
        origins: The hosts that may get its key.
        header: The header with the key.
        prefix: What comes before the key in it.
        make: Makes it.
        takes_boxes: Whether it is told which face is meant; else its model finds one.
    """

    host: str
    origins: tuple[str, ...]
    header: str
    prefix: str
    make: Callable[[Client, HostedSettings], Service]
    takes_boxes: bool = False


KINDS = {
    "fal": _Kind(
        "fal.ai",
        (QUEUE, FILES, PLATFORM),
        "Authorization",
        "Key ",
        lambda client, chosen: Fal(client, chosen.base_url, chosen.webhook_address),
    ),
    "replicate": _Kind(
        "replicate.com",
        (REPLICATE_API,),
        "Authorization",
        "Bearer ",
        lambda client, chosen: Replicate(
            client, chosen.base_url, chosen.webhook_address, chosen.webhook_variable
        ),
    ),
    "sync": _Kind(
        "sync.so",
        (SYNC_API,),
        "x-api-key",
        "",
        lambda client, chosen: Sync(
            client, chosen.base_url, chosen.webhook_address, chosen.webhook_variable
        ),
        takes_boxes=True,
    ),
}


def make_service(settings: HostedSettings, ask: Ask | None = None) -> Service:
    """Make the client of the service that config names.

    Args:
        settings: The engine's settings.
        ask: What sends requests; None: the network.

    Returns:
        The client.

    Raises:
        InputError: Config or environment lack something.
    """
    if problem := settings.problem():
        raise InputError(f"engines.hosted: {problem}")
    kind = KINDS[settings.service]
    origins = (_origin(settings.base_url),) if settings.base_url else kind.origins
    key = secret(settings.key_name)
    timeout_s, proxy, local = settings.timeout_s, settings.proxy, settings.is_local
    client = Client(
        kind.host,
        origins,
        ask or direct(timeout_s, proxy),
        ask or direct(timeout_s, proxy, public_only=not local),
        {kind.header: f"{kind.prefix}{key}"},
        settings.key_name,
        local,
    )
    return kind.make(client, settings)


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])
