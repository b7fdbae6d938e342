"""What buys at the service that config names, over the network."""

from pathlib import Path

from ...core.files import remove
from ...core.leftovers import is_left
from ...core.run_id import run_id
from ...services.attempt import Attempt, Limits
from ...services.download import download
from .buyer import Buyer
from .clock import SystemClock
from .collector import Fetch
from .ledger import FOLDER, Ledger
from .prices import MILLION, Prices
from .services import make_service
from .settings import HostedSettings
from .terms import Terms

MB = 10**6


def service_buyer(settings: HostedSettings, label: str) -> Buyer:
    """Make what buys at the service that config names.

    Args:
        settings: The engine's settings.
        label: What a person knows the cut by.

    Returns:
        The buyer.

    Raises:
        InputError: Config or environment lack something.
    """
    terms = Terms(
        prices=Prices(settings.price_per_run_usd, settings.price_per_minute_usd),
        budget_micro_usd=int(round(settings.budget_usd * MILLION, 3)),
        most_at_work=settings.at_once,
        deadline_s=settings.deadline_s,
        poll_s=settings.poll_s,
        run=run_id(),
        label=label,
    )
    service = make_service(settings)
    return Buyer(service, Ledger(FOLDER), terms, SystemClock(), fetcher(settings))


def fetcher(settings: HostedSettings) -> Fetch:
    """Make what downloads films.

    Args:
        settings: The engine's settings.

    Returns:
        The function; see `Fetch`.
    """
    limits = Limits(settings.download_mb * MB, settings.timeout_s, settings.proxy)

    def fetch(url: str, path: Path) -> Attempt:
        for left in [one for one in path.parent.glob(".*") if is_left(one)]:
            remove(left)  # what a killed job had of a film
        return download(url, path, limits, settings.is_local)

    return fetch
