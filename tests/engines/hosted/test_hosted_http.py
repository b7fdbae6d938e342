"""Buying over HTTP from a server on this machine, with what its contract says may go wrong."""

import tempfile
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.hosted.buyer import Buyer
from mouthpiece.engines.hosted.engine import HostedEngine
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.service_buyer import fetcher
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.terms import Terms
from mouthpiece.services import attempt
from mouthpiece.services.attempt import Deadline
from service_films import redrawn, scene
from service_worlds import FILM, MODELS, WORLDS, Said, World, serving
from waiting import LIMIT_S

from .purchases import PRICES, FakeClock, order, settings

ANSWERS = {
    "busy": Said(429, b"{}", {"Retry-After": "7"}),
    "broken": Said(500, b"{}"),
    "gateway": Said(502, b"<html>"),
    "unavailable": Said(503, b"{}", {"Retry-After": "9"}),
    "expired": Said(403, b"{}"),
    "gone": Said(404, b"{}"),
    "refused": Said(422, b'{"detail": "too long"}'),
}
"""What is said in place of an answer; nothing is taken."""

LOST = {
    "broken_after": {"status": 500},
    "closed_after": {"is_lost": True},
    "late_after": {"delay_s": LIMIT_S},
    "cut_off": {"lacks_bytes": 2},
}
"""What is wrong with an answer to what was taken."""


class CalledTime(Deadline):
    """The time of a request, which is over when a late answer calls it: no machine is too slow."""

    running: ClassVar[list[Deadline]] = []

    def __enter__(self) -> Deadline:
        self.running.append(self)
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        self.running.remove(self)
        super().__exit__(*error)


@dataclass
class FaultyWorld:
    """A world with scripts of what goes wrong, by what a request is for."""

    world: World
    scripts: dict[str, deque] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.world.base

    @base.setter
    def base(self, url: str) -> None:
        self.world.base = url

    def handle(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Said:
        script = self.scripts.get(purpose(method, url))
        fault = script.popleft() if script else None
        if fault in ANSWERS:
            return ANSWERS[fault]
        answer = self.world.handle(method, url, headers, body)
        for name, value in LOST.get(fault, {}).items():
            setattr(answer, name, value)
        if answer.delay_s:
            for time in [*CalledTime.running]:
                time._end()
        return answer


def purpose(method: str, url: str) -> str:
    if "/films/" in url:
        return "film"
    if any(part in url for part in ("/storage/", "/v1/files", "/stored/")):
        return "upload"
    return "submit" if method == "POST" else "look"


def bought(faulty: FaultyWorld, name: str, folder: Path, clock: FakeClock) -> bytes:
    """Buy a cut from the server that is there."""
    return buyer(faulty, name, folder, clock).buy(order(folder, model=MODELS[name])).read_bytes()


def buyer(faulty: FaultyWorld, name: str, folder: Path, clock: FakeClock) -> Buyer:
    chosen = settings(name, base_url=faulty.base, timeout_s=LIMIT_S)
    terms = Terms(PRICES, 250_000, 1, 3600.0, 15.0, "run")
    ledger = Ledger(folder / "hosted")
    return Buyer(make_service(chosen), ledger, terms, clock, fetcher(chosen))


@pytest.fixture(params=tuple(WORLDS))
def service(request: pytest.FixtureRequest) -> str:
    return request.param


PASSING = {
    "upload": ["busy", "broken", "gateway", "closed_after"],
    "submit": ["busy", "broken_after", "closed_after", "late_after", "cut_off"],
    "look": ["busy", "broken", "gateway", "unavailable", "late_after", "cut_off"],
    "film": ["busy", "broken", "expired", "gone", "cut_off"],
}


@pytest.mark.parametrize(
    ("kind", "fault"), [(kind, fault) for kind, faults in PASSING.items() for fault in faults]
)
def test_what_passes_is_paid_once_and_delivered(
    service: str, kind: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "Deadline", CalledTime)
    clock = FakeClock()
    faulty = FaultyWorld(WORLDS[service](), {kind: deque([fault])})
    with serving(faulty):
        assert bought(faulty, service, tmp_path, clock) == FILM
    assert list(faulty.world.paid.values()) == [1]
    assert faulty.scripts[kind] == deque() or (service, kind) == ("sync", "upload")
    if (fault, kind) == ("busy", "submit"):
        assert clock.slept[0] == 7.0, "as long as the service says"


@pytest.mark.parametrize("fault", ["broken", "gateway", "unavailable"])
def test_a_purchase_that_broke_before_it_was_taken_is_never_repeated_blindly(
    service: str, fault: str, tmp_path: Path
) -> None:
    faulty = FaultyWorld(WORLDS[service](), {"submit": deque([fault])})
    with serving(faulty):
        if service == "sync":  # its token makes that safe
            assert bought(faulty, service, tmp_path, FakeClock()) == FILM
            return
        for _ in range(2):
            with pytest.raises(Fault, match="not known whether this cut was bought"):
                bought(faulty, service, tmp_path, FakeClock())
    assert not faulty.world.paid


def test_a_purchase_that_is_refused_costs_nothing(service: str, tmp_path: Path) -> None:
    faulty = FaultyWorld(WORLDS[service](), {"submit": deque(["refused"])})
    with serving(faulty):
        with pytest.raises(Fault, match=r"HTTP 422 \(too long\); nothing was bought"):
            bought(faulty, service, tmp_path, FakeClock())
        assert not faulty.world.paid
        assert bought(faulty, service, tmp_path, FakeClock()) == FILM


def test_a_film_that_stays_away_is_a_fault_and_fetched_by_the_next_run(
    service: str, tmp_path: Path
) -> None:
    faulty = FaultyWorld(WORLDS[service](), {"film": deque(["expired"] * 5)})
    with serving(faulty):
        with pytest.raises(Fault, match="the film, which was bought, HTTP 403"):
            bought(faulty, service, tmp_path, FakeClock())
        assert bought(faulty, service, tmp_path, FakeClock()) == FILM
    assert list(faulty.world.paid.values()) == [1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"change": lambda p: cv2.resize(p, None, fx=2, fy=2)}, ""),
        ({"frames": 9}, ""),
        ({"frames": 3}, "s were asked for"),
        ({"change": lambda p: p[:, : p.shape[1] // 4 * 2]}, "another shape"),
    ],
)
def test_a_film_of_another_size_fits_or_is_a_fault(
    service: str, change: dict, words: str, tmp_path: Path
) -> None:
    rate, frames = Fraction(25), 12
    world = WORLDS[service](working=0, film=lambda clip, _: redrawn(clip, rate, **change))
    faulty = FaultyWorld(world)
    pictures, track = scene(frames)
    speech = Speech(np.zeros(16000, np.float32), 16000)
    with serving(faulty):
        engine = HostedEngine(
            settings(service), lambda *_: buyer(faulty, service, tmp_path, FakeClock())
        )
        engine.prepare(iter(pictures), track, tmp_path / "avatar.zip")
        patches = engine.render(tmp_path / "avatar.zip", speech, Clock(rate, 0, frames))
        if words:
            with pytest.raises(Fault, match=f"{words}.*; 0.25 USD were paid"):
                list(patches)
        else:
            assert len(list(patches)) == frames
    assert list(world.paid.values()) == [1]


FAULTS = {
    "upload": ["busy", "broken", "closed_after"],
    "submit": [*ANSWERS, "broken_after", "closed_after", "cut_off"],
    "look": ["busy", "broken", "gateway", "closed_after", "cut_off"],
    "film": ["busy", "broken", "expired", "gone", "cut_off"],
}


@pytest.mark.parametrize("name", tuple(WORLDS))
@examples(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    scripts=st.fixed_dictionaries(
        {
            kind: st.lists(st.sampled_from([None, *faults]), max_size=3)
            for kind, faults in FAULTS.items()
        }
    )
)
def test_a_cut_is_paid_once_whatever_goes_wrong(name: str, scripts: dict[str, list]) -> None:
    faulty = FaultyWorld(WORLDS[name](), {kind: deque(given) for kind, given in scripts.items()})
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder, serving(faulty):
        for _ in range(4):
            try:
                assert bought(faulty, name, Path(folder), clock) == FILM
            except (Fault, InputError):
                continue
            break
        faulty.scripts.clear()
        row = Ledger(Path(folder) / "hosted").all()[0]
        if faulty.world.paid:
            assert bought(faulty, name, Path(folder), clock) == FILM
            assert list(faulty.world.paid.values()) == [1]
        else:
            assert row.state in ("unknown", "reserved", "refused")
