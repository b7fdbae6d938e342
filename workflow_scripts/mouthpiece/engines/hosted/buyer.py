"""Buys a cut exactly once, whatever happens: see `purchase` for the states that it goes through.

A process holds the lock of a cut from before it looks into the ledger until the film is here. So
who finds `submitting` knows that the process which sent the request is gone, and its answer lost.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ...core.errors import Fault, InputError
from ...core.files import sha256
from ...core.locks import lock_file
from ...services.attempt import Attempt
from .clock import Clock
from .contract import Accepted, BusyError, Order, Progress, RefusedError, Service, Uploads
from .ledger import Ledger
from .prices import dollars
from .purchase import Purchase, State
from .rows import BudgetError, FullError
from .terms import Terms

log = logging.getLogger(__name__)

FIRST_WAIT_S = 2.0
"""The first wait between two looks at a request; it grows by half each time."""

LOOKS = 4
"""How often a lost request is looked for: lists are late."""

ATTEMPTS = 5
"""How often in turn what costs nothing is asked for."""

KEEPS_TOKENS_S = 12 * 3600.0
"""For how long a token is trusted to stand for the same purchase."""

Answered = TypeVar("Answered")

AGAIN = (
    "run again; if its film is gone for good, `mouthpiece hosted clear --live {key}` lets the next "
    "run buy it again"
)

CLEAR = (
    "look into the service's own list of requests; if it is not there, "
    "`mouthpiece hosted clear {key}` "
    "lets the next run buy it"
)


Fetch = Callable[[str, Path], Attempt]
"""Downloads an address to a file; status 200: it is there."""


@dataclass
class Buyer:
    """Buys cuts.

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

    def buy(self, order: Order) -> Path:
        """Get the film of a cut; buy it if that was not done yet.

        Args:
            order: The cut.

        Returns:
            The film.

        Raises:
            InputError: The service cannot do it, or its key is not taken.
            Fault: There is no film. The message says why, and whether it was paid.
        """
        self._until = self.clock.now() + self.terms.deadline_s
        with lock_file(self.ledger.lock_path(order.key), limit_s=self.terms.deadline_s):
            found = self._reserved(order)
            if found.state == "reserved":
                found = self._submitted(order, found)
            elif found.state in ("submitting", "unknown"):
                found = self._found_again(order, found)
            if found.state == "submitted":
                found = self._ended(order, found)
            if found.state == "succeeded" or not self._is_here(found):
                found = self._delivered(order, found)
            return self.film(order.key)

    def film(self, key: str) -> Path:
        """Tell where the film of a cut is.

        Args:
            key: `Order.key`.

        Returns:
            The file, whether or not it is there.
        """
        return self.ledger.folder / "films" / f"{key}.mp4"

    def _is_here(self, found: Purchase) -> bool:
        if found.state == "failed":
            raise self._failed(found)
        path = self.film(found.key)
        return path.is_file() and sha256(path) == found.output_sha256

    def _reserved(self, order: Order) -> Purchase:
        found = self.ledger.get(order.key)
        if found is None or found.state in ("reserved", "refused"):
            self._retried(lambda: self.service.check(order))
        return self._with_room(self.ledger.reserve, order, "nothing was bought")

    def _with_room(self, take: Callable[..., Answered], order: Order, meanwhile: str) -> Answered:
        """Take the price of a cut out of the budget, as soon as no more are at work than may be."""
        wanted, terms = self._purchase(order), self.terms
        told = False
        while True:
            now = self.clock.now()
            try:
                return take(wanted, terms.budget_micro_usd, terms.most_at_work, now)
            except FullError as error:
                if now >= self._until:
                    raise FullError(
                        f"{self.service.host}: {error}, and none ended; {meanwhile}"
                    ) from None
                if not told:
                    log.info("%s: waits: %s", order.key[:12], error)
                told = True
                self.clock.sleep(terms.poll_s)

    def _purchase(self, order: Order) -> Purchase:
        return Purchase(
            key=order.key,
            service=self.service.name,
            model=order.model,
            label=self.terms.label,
            run=self.terms.run,
            token=uuid.uuid4().hex,
            state="reserved",
            price_micro_usd=self.terms.prices.micro_usd(order.length_s),
        )

    def _submitted(self, order: Order, found: Purchase) -> Purchase:
        uploads = self._retried(lambda: self.service.upload(order))
        self._note(found, clip_url=uploads.clip, sound_url=uploads.sound)
        for number in range(1, ATTEMPTS + 1):
            sent = self.clock.now()
            found = self.ledger.change(order.key, sent, "submitting", sent=sent)
            try:
                accepted = self.service.submit(order, uploads, found.token)
            except BusyError as error:
                found = self._note(found, "reserved", raw=str(error))
                if number == ATTEMPTS:
                    raise Fault(f"{error}; nothing was bought: run again later") from None
                self._wait(error.wait_s, number)
            except RefusedError as error:
                self._note(found, "refused", raw=str(error))
                raise
            except InputError:
                self._note(found, "reserved")
                raise
            except Fault as error:  # taken or not: nobody knows
                return self._found_again(order, self._note(found, "unknown", raw=str(error)))
            else:
                return self._accepted(found, accepted)
        raise AssertionError  # pragma: no cover

    def _accepted(self, found: Purchase, accepted: Accepted) -> Purchase:
        log.info("%s: took %s as %s", self.service.name, found.key[:12], accepted.request_id)
        return self._note(
            found, "submitted", request_id=accepted.request_id, urls=dict(accepted.urls)
        )

    def _found_again(self, order: Order, found: Purchase) -> Purchase:
        """Find out what became of a request whose answer was lost. It is not bought again."""
        uploads = Uploads(found.clip_url, found.sound_url)
        problem = found.raw or "the process that sent the request ended"
        sent = found.sent or self.clock.now()
        for number in range(1, LOOKS + 1):
            known = self.ledger.get(order.key) or found
            if known.request_id:  # a webhook told it
                accepted = self.service.named(order.model, known.request_id)
                return self._accepted(found, accepted)
            wait_s = None
            try:
                looked = self._look(order, uploads, found, sent)
            except BusyError as error:
                problem, wait_s = str(error), error.wait_s
            except (BudgetError, FullError):
                raise
            except RefusedError as error:
                # It was refused now; the first one may have been taken all the same.
                problem = str(error)
                break
            except Fault as error:
                problem = str(error)
            else:
                if looked:
                    return self._accepted(found, looked)
            if number < LOOKS:
                self._wait(wait_s, number)
        touched = (self.ledger.get(order.key) or found).touched  # a look sends nothing
        self.ledger.change(order.key, touched, "unknown", raw=problem)
        raise Fault(
            f"{self.service.host}: it is not known whether this cut was bought ({problem}); "
            + CLEAR.format(key=order.key[:12])
        )

    def _look(
        self, order: Order, uploads: Uploads, found: Purchase, sent: float
    ) -> Accepted | None:
        if not self.service.repeats_safely:
            return self.service.find(order, uploads, sent)
        self._check_token(sent)
        self._with_room(self.ledger.charge, order, "it was not sent again")
        self._check_token(sent)  # that may have taken long
        try:  # the service takes it now, if the first one did not reach it
            return self.service.submit(order, uploads, found.token)
        except Exception:
            self._note(found, found.state)
            raise

    def _check_token(self, sent: float) -> None:
        if self.clock.now() - sent > KEEPS_TOKENS_S:
            raise RefusedError("it was sent too long ago to be sent again under the same token")

    def _ended(self, order: Order, found: Purchase) -> Purchase:
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
            found = self._note(found, raw=progress.raw)
            if self.clock.now() >= self._until:
                raise Fault(
                    f"{self.service.host}: still says {progress.raw} after "
                    f"{self.terms.deadline_s:.0f} s; the cut was bought: run again later"
                )
            number += 1
            told = self._wait_for_report(found, number, told)

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

    def _delivered(self, order: Order, found: Purchase) -> Purchase:
        """Download the film; its address may have expired, then the service names another one."""
        path = self.film(order.key)
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
            + AGAIN.format(key=order.key[:12])
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

    def _retried(self, ask: Callable[[], Answered]) -> Answered:
        for number in range(1, ATTEMPTS + 1):
            try:
                return ask()
            except BusyError as error:
                if number == ATTEMPTS:
                    raise Fault(f"{error}; nothing was bought: run again later") from None
                self._wait(error.wait_s, number)
        raise AssertionError  # pragma: no cover

    def _wait(self, asked_s: float | None, number: int) -> None:
        wait_s = FIRST_WAIT_S * 2.0 ** (number - 1) if asked_s is None else asked_s
        if self.clock.now() + wait_s > self._until:
            raise Fault(
                f"{self.service.host}: asks to wait {wait_s:.0f} s, longer than this cut may take; "
                "run again later"
            )
        self.clock.sleep(wait_s)
