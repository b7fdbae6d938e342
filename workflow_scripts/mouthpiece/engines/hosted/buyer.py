"""Buys a cut exactly once, whatever happens: see `purchase` for the states that it goes through.

A process holds the lock of a cut from before it looks into the ledger until the film is here. So
who finds `submitting` knows that the process which sent the request is gone, and its answer lost.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ...core.errors import Fault, InputError
from ...core.files import sha256
from ...core.locks import lock_file
from .collector import ATTEMPTS, Collector
from .contract import Accepted, BusyError, Order, RefusedError, Uploads
from .purchase import Purchase
from .rows import BudgetError, FullError

log = logging.getLogger(__name__)

LOOKS = 4
"""How often a lost request is looked for: lists are late."""

KEEPS_TOKENS_S = 12 * 3600.0
"""For how long a token is trusted to stand for the same purchase."""

Answered = TypeVar("Answered")

CLEAR = (
    "look into the service's own list of requests; if it is not there, "
    "`mouthpiece hosted clear {key}` "
    "lets the next run buy it"
)


@dataclass
class Buyer(Collector):
    """Buys cuts; see `Collector`."""

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
                found = self._ended(found)
            if found.state == "succeeded" or not self._is_here(found):
                found = self._delivered(found)
            return self.film(order.key)

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

    def _found_again(self, order: Order, found: Purchase) -> Purchase:
        """Find out what became of a request whose answer was lost. It is not bought again."""
        uploads = Uploads(found.clip_url, found.sound_url)
        problem = found.raw or "the process that sent the request ended"
        sent = found.sent or self.clock.now()
        for number in range(1, LOOKS + 1):
            known = self.ledger.get(order.key) or found
            if known.request_id:  # a webhook told it
                return self._named(known)
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

    def _retried(self, ask: Callable[[], Answered]) -> Answered:
        for number in range(1, ATTEMPTS + 1):
            try:
                return ask()
            except BusyError as error:
                if number == ATTEMPTS:
                    raise Fault(f"{error}; nothing was bought: run again later") from None
                self._wait(error.wait_s, number)
        raise AssertionError  # pragma: no cover
