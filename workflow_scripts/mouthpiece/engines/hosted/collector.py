"""Waits for what was bought, and downloads it.

A process holds the lock of a cut while it does so, as the one that buys it does.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import Fault
from ...core.files import sha256
from ...core.locks import lock_file
from ...services.attempt import Attempt
from .clock import Clock
from .contract import Accepted, BusyError, Progress, Service
from .ledger import Ledger
from .prices import dollars
from .purchase import Purchase, State
from .terms import Terms

log = logging.getLogger(__name__)

FIRST_WAIT_S = 2.0
"""The first wait between two looks at a request; it grows by half each time."""

ATTEMPTS = 5
"""How often in turn what costs nothing is asked for."""

AGAIN = (
    "run again; if its film is gone for good, `mouthpiece hosted clear --live {key}` lets the next "
    "run buy it again"
)

Fetch = Callable[[str, Path], Attempt]
"""Downloads an address to a file; status 200: it is there."""


@dataclass
class Collector:
    """Collects the films of cuts that were bought.

    Attributes:
        service: Where.
        ledger: What was bought already.
        terms: How.
        clock: What time it is.
        fetch: Downloads a film.
    """

    service: Service
    ledger: Ledger
    terms: Terms
    clock: Clock
    fetch: Fetch
    _until: float = field(default=0.0, init=False)

    def collect(self, key: str) -> None:
        """Download the film of a cut that a service has made, unless a process waits for it.

        Args:
            key: `Order.key`.

        Raises:
            InputError: The service's key is not taken.
            Fault: There is no film.
        """
        self._until = self.clock.now() + self.terms.deadline_s
        with lock_file(self.ledger.lock_path(key), wait=False) as held:
            found = self.ledger.get(key) if held else None
            if found is None or not found.request_id:
                return
            if found.state in ("submitting", "unknown"):
                found = self._named(found)
            if found.state == "submitted":
                found = self._ended(found)
            if found.state == "succeeded":
                self._delivered(found)

    def film(self, key: str) -> Path:
        """Tell where the film of a cut is.

        Args:
            key: `Order.key`.

        Returns:
            The file, whether or not it is there.
        """
        return self.ledger.folder / "films" / f"{key}.mp4"

    def _accepted(self, found: Purchase, accepted: Accepted) -> Purchase:
        log.info("%s: took %s as %s", self.service.name, found.key[:12], accepted.request_id)
        return self._note(
            found, "submitted", request_id=accepted.request_id, urls=dict(accepted.urls)
        )

    def _named(self, found: Purchase) -> Purchase:
        return self._accepted(found, self.service.named(found.model, found.request_id))

    def _ended(self, found: Purchase) -> Purchase:
        number, problems, told = 0, 0, self.ledger.reports(found.service, found.request_id)
        while True:
            try:
                progress = self._poll(found)
                problems = 0
            except BusyError as error:
                problems += 1
                if self.clock.now() >= self._until:
                    raise Fault(f"{error}; the cut was bought: run again later") from None
                self._wait(error.wait_s, problems)
                continue
            if progress.state == "failed":
                raise self._failed(self._note(found, "failed", raw=progress.raw))
            if progress.state == "succeeded":
                return self._note(
                    found, "succeeded", raw=progress.raw, output_url=progress.output_url
                )
            if strange := self._reported(found):
                raise Fault(f"{strange}; the cut was bought: run again later")
            found = self._note(found, raw=progress.raw)
            if self.clock.now() >= self._until:
                raise Fault(
                    f"{self.service.host}: still says {progress.raw} after "
                    f"{self.terms.deadline_s:.0f} s; the cut was bought: run again later"
                )
            number += 1
            told = self._wait_for_report(found, number, told)

    def _reported(self, found: Purchase) -> str:
        """What a webhook said, if that was no state that is known: the receiver wrote it down."""
        row = self.ledger.get(found.key)
        return row.raw if row and row.raw != found.raw else ""

    def _wait_for_report(self, found: Purchase, number: int, told: int) -> int:
        """Wait until the next look; a webhook ends it. How many there were is returned."""
        left = min(self.terms.poll_s, FIRST_WAIT_S * 1.5**number)
        while left > 0:
            step = min(left, FIRST_WAIT_S)
            self.clock.sleep(step)
            left -= step
            count = self.ledger.reports(found.service, found.request_id)
            if count > told:
                return count
        return told

    def _delivered(self, found: Purchase) -> Purchase:
        """Download the film; its address may have expired, then the service names another one."""
        path = self.film(found.key)
        problem, url = "", found.output_url
        for number in range(1, ATTEMPTS + 1):
            if number > 1 or not url:
                try:
                    url = self._poll(found).output_url or url
                except BusyError as error:
                    problem = str(error)
                    self._wait(error.wait_s, number)
                    continue
            answer = self.fetch(url, path)
            if answer.status == 200:
                return self._note(found, "delivered", output_url=url, output_sha256=sha256(path))
            problem = answer.failure
            if number < ATTEMPTS:
                self._wait(answer.retry_after_s, number)
        self._note(found, "succeeded", raw=problem)
        raise Fault(
            f"{self.service.host}: the film, which was bought, {problem}; "
            + AGAIN.format(key=found.key[:12])
        )

    def _poll(self, found: Purchase) -> Progress:
        """Ask what became of a cut. What says that there is no film, says what to do, too."""
        try:
            return self.service.poll(Accepted(found.request_id, found.urls))
        except BusyError:
            raise
        except Fault as error:
            again = AGAIN.format(key=found.key[:12])
            raise Fault(f"{error}; the cut was bought: {again}") from None

    def _failed(self, found: Purchase) -> Fault:
        return Fault(
            f"{self.service.host}: gave this cut up, it says {found.raw!r}; "
            f"{dollars(found.price_micro_usd)} may have been paid. It is not bought again, until "
            f"`mouthpiece hosted clear {found.key[:12]}`"
        )

    def _note(self, found: Purchase, state: State | None = None, **values: object) -> Purchase:
        return self.ledger.change(found.key, self.clock.now(), state, **values)

    def _wait(self, asked_s: float | None, number: int) -> None:
        wait_s = FIRST_WAIT_S * 2.0 ** (number - 1) if asked_s is None else asked_s
        if self.clock.now() + wait_s > self._until:
            raise Fault(
                f"{self.service.host}: asks to wait {wait_s:.0f} s, longer than this cut may take; "
                "run again later"
            )
        self.clock.sleep(wait_s)
