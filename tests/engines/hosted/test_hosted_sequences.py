"""500 random sequences of what can go wrong: each cut is paid once, and delivered or a fault."""

import contextlib
import functools
import hashlib
import sqlite3
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.hosted import collector
from mouthpiece.engines.hosted.contract import Order
from mouthpiece.engines.hosted.engine import HostedEngine
from mouthpiece.engines.hosted.ledger import FILE, Ledger
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.webhooks import Receiver
from mouthpiece.patches.patch import Patch
from service_films import redrawn, scene
from service_worlds import MODELS, WEBHOOK_SECRET, WORLDS, World

from .purchases import PRICES, FakeClock, Killed, Line, buyer, line_to, order, settings

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the ledgers of hundreds of sequences are: each transaction waits for its disk."""

FAULTS = (
    *("refused_connection", "lost_before", "lost_after", "busy", "busy_dated", "busy_long"),
    *("broken_before", "broken_after", "bad_gateway", "nonsense", "gone", "reported"),
    *("killed_before", "killed_after"),
)
FAULTS_OF = {"submit": FAULTS, "film": (*FAULTS, "expired"), "else": FAULTS}
"""By what a request is for. `reported`: webhooks arrive meanwhile, twice each, and forged ones."""

DEATHS = ("before", "within", "after")
"""When a process ends: before, within or after a transaction."""

FIRST_WAIT_S, POLL_S = 10.0, 60.0
"""Longer than those of a run: where a request never ends, a look is like the one before."""

RATE, FRAMES = Fraction(25), 16

FILMS = {
    "good": ({}, ""),
    "larger": ({"change": lambda p: cv2.resize(p, None, fx=1.5, fy=1.5)}, ""),
    "smaller": ({"change": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5)}, ""),
    "a little short": ({"frames": FRAMES - 3}, ""),
    "short": ({"frames": FRAMES - 9}, "s were asked for"),
    "of another shape": ({"change": lambda p: p[:, : p.shape[1] // 4 * 2]}, "another shape"),
    "of something else": ({"change": lambda p: p[::-1, ::-1]}, "does not show the cut"),
    "no film": (None, "no film that can be read"),
}
"""What may come back, and the words of the fault that it is."""


@dataclass
class ScriptedLine(Line):
    """A line on which things go wrong by what a request is for."""

    scripts: dict[str, deque] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    is_collecting: bool = False

    def fault_of(self, method: str, url: str) -> str | None:
        is_file = any(part in url for part in ("/storage/", "/v1/files"))
        kind = "film" if "/films/" in url else "else"
        if method == "POST" and not is_file:
            kind = "submit"
            self.check_room()
        script = self.scripts.get(kind)
        fault = script.popleft() if script else None
        if fault == "reported":
            if not self.is_collecting:
                self.report()
            return None
        return fault

    def check_room(self) -> None:
        """No more requests are at work than may be."""
        rows, now = Ledger(self.folder / "hosted").all(), self.clock.now()
        waiting = [r for r in rows if r.state == "reserved" and r.touched > now - 900]
        states = ("submitting", "unknown", "submitted")
        running = [r for r in rows if r.state in states and r.touched > now - 1800]
        assert len(waiting) + len(running) <= self.most_at_work

    def listen(self, name: str, folder: Path, clock: FakeClock, most_at_work: int) -> Receiver:
        """Prepare what webhooks are sent to."""
        self.folder, self.clock, self.most_at_work = folder, clock, most_at_work
        chosen = settings(name, webhook_url="https://public.test")
        made = make_service(chosen, line_to(self.world))

        def collect(key: str) -> None:
            self.is_collecting = True
            with contextlib.suppress(Fault, InputError, Killed):
                buyer(self, name, folder, clock, deadline_s=60.0, poll_s=POLL_S).collect(key)
            self.is_collecting = False

        ledger = Ledger(folder / "hosted")
        self.receiver = Receiver(made, ledger, collect, "127.0.0.1", 0, clock.now)
        return self.receiver

    def report(self) -> None:
        """A webhook for each request, then the same one again, and forged ones."""
        keys = {hashlib.sha256(b"clip %d" % n).hexdigest(): f"{n:064x}" for n in range(3)}
        ledger, name = self.receiver.ledger, self.receiver.service.name
        for job in [*self.world.jobs.values()]:
            path, now = f"/{name}/{keys[job.clip]}", self.clock.now()
            headers, body = self.world.webhook(job, now)
            before = ledger.all(), ledger.reports(name, job.name)
            forged = SimpleNamespace(**vars(job) | {"name": f"{job.name}9"})
            assert self.receiver.take(path, headers, self.world.webhook(forged, now)[1]) == 401
            assert self.receiver.take(path, *self.world.webhook(job, now - 400)) == 401
            assert self.receiver.take(path, {}, body) == 401
            assert (ledger.all(), ledger.reports(name, job.name)) == before
            for _ in range(2):
                assert self.receiver.take(path, headers, body) == 200
            assert ledger.reports(name, job.name) == before[1] + (job.name not in self.reported)
            self.reported.add(job.name)


class MortalLedger(Ledger):
    """A ledger of a process that may end at any of its transactions."""

    deaths: deque

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        death = self.deaths.popleft() if self.deaths else None
        if death == "before":
            raise Killed
        with super()._changing() as database:
            yield database
            if death == "within":  # what was not committed is rolled back, as SQLite then does
                raise Killed
        if death == "after":
            raise Killed


@dataclass
class Shelf:
    """Buys nothing: it has the film of the cut."""

    folder: Path
    film: bytes
    sent: bytes = b""

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder)

    def buy(self, wanted: Order) -> Path:
        self.sent = wanted.clip.read_bytes()
        path = self.folder / "film.mp4"
        path.write_bytes(self.film)
        return path


def draw(film: bytes) -> tuple[list[Patch], bytes, str]:
    """Lay a film into a cut: the patches, the clip that was sent for it, and what is wrong."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        shelf = Shelf(Path(name), film)
        engine = HostedEngine(settings("fal"), lambda *_: shelf)
        pictures, track = scene(FRAMES)
        engine.prepare(iter(pictures), track, shelf.folder / "avatar.zip")
        speech = Speech(np.zeros(16000 * 2, np.float32), 16000)
        try:
            drawn = engine.render(shelf.folder / "avatar.zip", speech, Clock(RATE, 0, FRAMES))
            return list(drawn), shelf.sent, ""
        except Fault as fault:
            return [], shelf.sent, str(fault)


@functools.cache
def film_of(kind: str) -> bytes:
    """A film that comes back."""
    change, _ = FILMS[kind]
    return b"<html>" if change is None else redrawn(draw(b"")[1], RATE, **change)


@functools.cache
def fits(film: bytes, kind: str) -> bool:
    """Whether a film gives a patch for each frame; else it is a fault in the right words."""
    patches, _, fault = draw(film)
    words = FILMS[kind][1]
    return len(patches) == FRAMES and not fault if not words else words in fault


@pytest.mark.slow
@pytest.mark.parametrize("name", tuple(WORLDS))
@examples(max_examples=170, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_cut_is_paid_once_whatever_goes_wrong(name: str, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOUTHPIECE_WEBHOOK_SECRET", WEBHOOK_SECRET)
        patch.setattr(collector, "FIRST_WAIT_S", FIRST_WAIT_S)
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            buy_with_faults(name, Path(folder), data)


def buy_with_faults(name: str, folder: Path, data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(list(FILMS)), min_size=1, max_size=3))
    world = WORLDS[name](
        working=data.draw(st.sampled_from([0, 1, 3, 10**6])),
        end=data.draw(st.sampled_from(["good", "good", "good", "bad", "strange"])),
        lists=data.draw(st.booleans()),
        film=lambda clip, _: film_of(kinds[int(clip.split()[1])]),
    )
    deaths = deque(data.draw(st.lists(st.sampled_from([None, None, *DEATHS]), max_size=25)))
    scripts = {
        kind: deque(data.draw(st.lists(st.sampled_from([None, *faults]), max_size=10)))
        for kind, faults in FAULTS_OF.items()
    }
    clock, most_at_work = FakeClock(), data.draw(st.sampled_from([1, 2, 4]))
    line = ScriptedLine(world, scripts=scripts)
    budgets = st.sampled_from([0.0, 0.25, 0.5, 0.75, 100.0])
    orders = [order(folder, n, model=MODELS[name]) for n in range(len(kinds))]
    with line.listen(name, folder, clock, most_at_work):
        for run in ("first", "second", "third"):
            budget_usd, paid = data.draw(budgets), sum(world.paid.values())
            for number in data.draw(st.permutations(range(len(kinds)))):
                ledger = MortalLedger(folder / "hosted")
                ledger.deaths = deaths
                made = buyer(
                    *(line, name, folder, clock, budget_usd, most_at_work, run),
                    deadline_s=data.draw(st.sampled_from([60.0, 1800.0])),
                    ledger=ledger,
                    poll_s=POLL_S,
                )
                with contextlib.suppress(Fault, InputError, Killed):
                    found = made.buy(orders[number])
                    assert fits(found.read_bytes(), kinds[number])
            assert (sum(world.paid.values()) - paid) * PRICES.per_run_usd <= budget_usd
            if data.draw(st.booleans()):
                line.report()
        assert all(count == 1 for count in world.paid.values())
        check_end(world, name, line, folder, kinds, orders)


def check_end(
    world: World, name: str, line: ScriptedLine, folder: Path, kinds: list[str], orders: list[Order]
) -> None:
    """Once nothing goes wrong any more, each cut is delivered, or a fault that says why."""
    line.scripts.clear()
    line.most_at_work = 4
    states = []
    for number, wanted in enumerate(orders):
        with_fault = False
        try:
            made = buyer(line, name, folder, line.clock, deadline_s=1800.0, poll_s=POLL_S)
            found = made.buy(wanted)
            assert fits(found.read_bytes(), kinds[number])
        except (Fault, InputError):
            with_fault = True
        row = Ledger(folder / "hosted").get(wanted.key)
        assert row is not None
        assert with_fault == (row.state != "delivered")
        states.append(row.state)
    assert all(count == 1 for count in world.paid.values())
    assert states.count("delivered") <= sum(world.paid.values()) <= len(orders)
    if world.end == "good" and world.working < 10**6:
        if name == "sync":
            assert states.count("delivered") == len(orders)
        if world.lists:
            assert states.count("delivered") == sum(world.paid.values())
    with contextlib.closing(sqlite3.connect(folder / "hosted" / FILE)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("kind", list(FILMS))
def test_a_film_that_comes_back(kind: str) -> None:
    assert fits(film_of(kind), kind)
