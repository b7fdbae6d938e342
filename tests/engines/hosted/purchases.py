"""Buying without a network: faults by script, a clock that nobody waits for, processes that end."""

import os
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mouthpiece.engines.hosted.buyer import Buyer
from mouthpiece.engines.hosted.contract import Order
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.prices import Prices
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.settings import HostedSettings
from mouthpiece.engines.hosted.terms import Terms
from mouthpiece.services.attempt import Attempt
from service_worlds import BASE, KEY, MODELS, World

VARIABLE = "MOUTHPIECE_TEST_KEY"
PRICES = Prices(0.25, 0.0)


class Killed(BaseException):
    """The process ends here, as by kill -9."""


@dataclass
class FakeClock:
    """A clock that goes on when somebody waits."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@dataclass
class Line:
    """The line to a world, on which things go wrong by a script; after it, nothing does."""

    world: World
    faults: deque = field(default_factory=deque)
    expired: set[str] = field(default_factory=set)

    def fault_of(self, method: str, url: str) -> str | None:
        """What goes wrong with the next request."""
        return self.faults.popleft() if self.faults else None

    def __call__(self, method, url, content, headers, most_bytes) -> Attempt:
        fault = self.fault_of(method, url)
        if fault == "expired" and "/films/" in url:
            self.expired.add(url)
        if url in self.expired:
            return Attempt(403, b"{}")
        match fault:
            case "refused_connection":
                return Attempt(0, failure="no connection", may_pass=True, was_sent=False)
            case "lost_before":
                return Attempt(0, failure="does not answer", may_pass=True)
            case "busy":
                return Attempt(429, b"{}", may_pass=True)
            case "busy_dated":
                return Attempt(429, b"{}", may_pass=True, retry_after_s=7.0)
            case "busy_long":
                return Attempt(429, b"{}", may_pass=True, retry_after_s=5000.0)
            case "broken_before" | "bad_gateway":
                return Attempt(502 if fault == "bad_gateway" else 500, may_pass=True)
            case "gone":
                return Attempt(404, b"{}")
            case "killed_before":
                raise Killed
        answer = self.world.handle(method, url, dict(headers), content)
        match fault:
            case "lost_after":
                return Attempt(0, failure="does not answer", may_pass=True)
            case "broken_after":
                return Attempt(500, b"{}", may_pass=True)
            case "nonsense":
                return Attempt(200, b'{"what": 1}')
            case "killed_after":
                raise Killed
        may_pass = answer.status >= 500 or answer.status == 429
        return Attempt(answer.status, answer.body, may_pass=may_pass)

    def fetch(self, url: str, path: Path) -> Attempt:
        answer = self("GET", url, b"", {}, 1 << 30)
        if answer.status != 200:
            return Attempt(answer.status, failure=answer.failure or f"HTTP {answer.status}")
        if answer.body == b'{"what": 1}':
            return Attempt(0, failure="breaks off")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.body)
        return Attempt(200)


def settings(service: str, **values: object) -> HostedSettings:
    os.environ[VARIABLE] = KEY
    given = {
        "service": service,
        "model": MODELS[service],
        "key_variable": VARIABLE,
        "base_url": BASE,
        "price_per_run_usd": 0.25,
        "budget_usd": 100,
    }
    return HostedSettings.model_validate(given | values)


def order(folder: Path, number: int = 0, **values: object) -> Order:
    """A cut whose files are on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    clip, sound = folder / f"{number}.mp4", folder / f"{number}.wav"
    clip.write_bytes(b"clip %d" % number)
    sound.write_bytes(b"sound %d" % number)
    given = {"model": "", "parameters": {}, "frames": 50, "length_s": 2.0}
    return Order(key=f"{number:064x}", clip=clip, sound=sound, **given | values)


def buyer(
    line: Line,
    service: str,
    folder: Path,
    clock: FakeClock,
    budget_usd: float = 100.0,
    most_at_work: int = 4,
    run: str = "run",
    chosen: HostedSettings | None = None,
    deadline_s: float = 3600.0,
    ledger: Ledger | None = None,
    poll_s: float = 15.0,
) -> Buyer:
    """A new process that buys."""
    terms = Terms(PRICES, int(budget_usd * 10**6), most_at_work, deadline_s, poll_s, run)
    made = make_service(chosen or settings(service), line)
    return Buyer(made, ledger or Ledger(folder / "hosted"), terms, clock, line.fetch)


def line_to(world: World, faults: Iterable[str | None] = ()) -> Line:
    return Line(world, deque(faults))
