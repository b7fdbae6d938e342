"""What all services share that are asked over HTTP and report by webhooks."""

from collections.abc import Mapping
from typing import Any

from .contract import Accepted, Order
from .wire import Client


class HttpService:
    """The base class of services.

    Attributes:
        name: Its name in config and ledger.
    """

    name = ""

    def __init__(
        self, client: Client, base_url: str = "", webhook_url: str = "", variable: str = ""
    ) -> None:
        """Prepare a client; nothing is asked.

        Args:
            client: What asks.
            base_url: An address that stands for its hosts; empty: its own.
            webhook_url: Where it reports; empty: it does not.
            variable: The environment variable with the key that its webhooks are signed with.
        """
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._webhook_url = webhook_url
        self._variable = variable

    @property
    def host(self) -> str:
        """See `Service`."""
        return self._client.host

    def named(self, model: str, request_id: str) -> Accepted:
        """See `Service.named`."""
        return Accepted(request_id)

    def check_model(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See `Service.check_model`: all of it was checked with the config."""

    def check(self, order: Order) -> None:
        """See `Service.check`."""
        self.check_model(order.model, order.parameters)

    def report_url(self, order: Order) -> str:
        """Tell where the service reports on an order.

        Args:
            order: The order.

        Returns:
            The address; empty: it does not report.
        """
        return f"{self._webhook_url}/{self.name}/{order.key}" if self._webhook_url else ""
