"""What the command asks of the engine besides drawing: see `engines.purchases`."""

import re
import time
from collections.abc import Mapping, Sequence

from ...core.errors import InputError
from .ledger import FILE, FOLDER, Ledger
from .prices import MILLION, Prices
from .service_buyer import service_buyer
from .services import make_service
from .settings import HostedSettings
from .webhooks import Receiver, in_background

COLLECT_S = 120.0
"""How long a film that is reported is looked for: a run that wants the cut waits meanwhile."""

KEY_DIGITS = 12
"""How many digits of a key are shown."""


class Shop:
    """See `Purchases`."""

    def __init__(self, settings: HostedSettings) -> None:
        """Prepare to look; nothing is asked.

        Args:
            settings: The engine's settings.
        """
        self._settings = settings

    def rows(self) -> Sequence[Mapping[str, str]]:
        """See `Purchases.rows`."""
        if not (FOLDER / FILE).is_file():
            return []
        return [
            {
                "key": f"{row.key[:KEY_DIGITS]}{row.key[64:]}",
                "state": row.state,
                "usd": f"{row.price_micro_usd / MILLION:.6f}",
                "service": row.service,
                "model": row.model,
                "request": row.request_id,
                "cut": row.label,
                "run": row.run,
                "says": row.raw,
            }
            for row in Ledger().all()
        ]

    def check(self) -> None:
        """See `Purchases.check`. What else lacks is said of each film."""
        chosen = self._settings
        of_model = (chosen.service, chosen.model)
        rows = Ledger().all() if (FOLDER / FILE).is_file() else []
        if chosen.problem() or any((r.service, r.model) == of_model for r in rows if r.request_id):
            return
        make_service(chosen).check_model(chosen.model, chosen.parameters)

    def clear(self, key: str, live: bool = False) -> str:
        """See `Purchases.clear`."""
        if not re.fullmatch("[0-9a-f]{6,64}", key):
            raise InputError(
                "a key is 6 to 64 hexadecimal digits, as `mouthpiece hosted ledger` has it"
            )
        if not (FOLDER / FILE).is_file():
            raise InputError("nothing was bought in this folder")
        row = Ledger().clear(key, time.time(), live)
        return f"{row.key[:KEY_DIGITS]} was {row.state}; the next run may buy it again"

    def usd(self, length_s: float) -> float:
        """See `Purchases.usd`."""
        chosen = self._settings
        prices = Prices(chosen.price_per_run_usd, chosen.price_per_minute_usd)
        if not prices.micro_usd(60):
            raise InputError(
                "engines.hosted: set price_per_run_usd or price_per_minute_usd, by the service's "
                "own price list"
            )
        return prices.micro_usd(length_s) / MILLION

    def receiver(self, host: str, port: int) -> Receiver:
        """See `Purchases.receiver`."""
        chosen = self._settings
        if not chosen.webhook_url:
            raise InputError("engines.hosted.webhook_url: name the public address of this receiver")
        service = make_service(chosen)
        service.check_webhooks(time.time())

        deadline_s = min(chosen.deadline_s, COLLECT_S)
        hurried = chosen.model_copy(update={"deadline_s": deadline_s})

        def collect(key: str) -> None:
            service_buyer(hurried, "").collect(key)

        return Receiver(service, Ledger(), in_background(collect), host, port)
