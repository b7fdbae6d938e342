"""Each cut is paid once, whatever goes wrong."""

import hashlib
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.purchase import State
from service_worlds import FILM, KEY, MODELS, WORLDS, World

from .purchases import FakeClock, Killed, Line, buyer, line_to, order

NAMES = tuple(WORLDS)


def world_of(service: str, **values: object) -> World:
    return WORLDS[service](**values)


def wanted(folder: Path, service: str, number: int = 0, **values: object):
    return order(folder, number, model=MODELS[service], **values)


@pytest.fixture(params=NAMES)
def service(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_cut_is_bought_and_is_here(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    found = buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert found.read_bytes() == FILM
    assert list(world.paid.values()) == [1]
    row = Ledger(tmp_path / "hosted").get(f"{0:064x}")
    assert row is not None
    assert (row.state, row.price_micro_usd) == ("delivered", 250_000)
    assert row.output_sha256 == hashlib.sha256(FILM).hexdigest()


def test_a_second_time_nothing_is_asked(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    asked = len(world.seen)
    buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert len(world.seen) == asked


def test_a_film_that_was_deleted_here_is_downloaded_again(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    found = buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    found.write_bytes(b"damaged")
    assert buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service)) == found
    assert found.read_bytes() == FILM
    assert sum(world.paid.values()) == 1


def test_an_expired_address_is_asked_for_anew(service: str, tmp_path: Path) -> None:
    world = world_of(service, working=0)
    made = buyer(line_to(world), service, tmp_path, FakeClock())
    given_urls: list[str] = []

    def fetch(url: str, path: Path):
        given_urls.append(url)
        return line_to(world, ["gone"] if len(given_urls) == 1 else []).fetch(url, path)

    made.fetch = fetch
    made.buy(wanted(tmp_path, service))
    assert len(set(given_urls)) == 2
    assert sum(world.paid.values()) == 1


def test_what_failed_there_is_a_fault_with_its_words_and_not_bought_again(
    service: str, tmp_path: Path
) -> None:
    world, clock = world_of(service, end="bad"), FakeClock()
    for _ in range(2):
        with pytest.raises(Fault, match="no face found"):
            buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1
    Ledger(tmp_path / "hosted").clear("0000", clock.now())
    world.end = "good"
    buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 2


def test_an_unknown_state_is_a_fault_that_names_it(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service, end="strange"), FakeClock()
    with pytest.raises(Fault, match=r"PAUSED|paused|ASLEEP"):
        buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    world.end = "good"
    buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


def test_a_service_says_when_to_come_again(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    line = line_to(world, ["busy_dated"])
    buyer(line, service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert clock.slept[0] == 7.0


def test_a_film_that_the_service_no_longer_has_names_the_remedy(
    service: str, tmp_path: Path
) -> None:
    world, clock = world_of(service, working=10**6), FakeClock()
    with pytest.raises(Fault, match="still says"):
        buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    world.jobs.clear()
    with pytest.raises(Fault, match=r"was bought.*`mouthpiece hosted clear --live 000000000000`"):
        buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("name", ["fal", "replicate"])
def test_a_list_that_is_asked_too_often_is_asked_again_when_it_says(
    name: str, tmp_path: Path
) -> None:
    world, clock = world_of(name), FakeClock()
    line = submit_line(world, name, "lost_after")
    line.faults.append("busy_dated")
    buyer(line, name, tmp_path, clock).buy(wanted(tmp_path, name))
    assert clock.slept[0] == 7.0
    assert sum(world.paid.values()) == 1


def submit_line(world: World, service: str, fault: str) -> Line:
    """A line on which the request that costs goes wrong, and no other."""
    before = {"fal": 4, "replicate": 3, "sync": 0}[service]
    return line_to(world, [None] * before + [fault])


@pytest.mark.parametrize("fault", ["lost_after", "broken_after", "nonsense"])
def test_an_answer_that_was_lost_is_found_again(service: str, fault: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    line = submit_line(world, service, fault)
    buyer(line, service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("fault", ["killed_after", "killed_before"])
def test_a_process_that_ends_while_it_buys(service: str, fault: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    with pytest.raises(Killed):
        buyer(submit_line(world, service, fault), service, tmp_path, clock).buy(
            wanted(tmp_path, service)
        )
    again = buyer(line_to(world), service, tmp_path, clock)
    if fault == "killed_before" and service != "sync":  # nobody can know that it was not sent
        with pytest.raises(Fault, match="mouthpiece hosted clear 000000000000"):
            again.buy(wanted(tmp_path, service))
        assert sum(world.paid.values()) == 0
        return
    again.buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("name", ["fal", "replicate"])
def test_what_no_list_has_is_never_bought_by_itself(name: str, tmp_path: Path) -> None:
    world, clock = world_of(name, lists=False), FakeClock()
    line = submit_line(world, name, "lost_after")
    for _ in range(3):
        with pytest.raises(Fault, match="not known whether this cut was bought"):
            buyer(line, name, tmp_path, clock).buy(wanted(tmp_path, name))
    assert sum(world.paid.values()) == 1
    job = next(iter(world.jobs.values()))
    assert Ledger(tmp_path / "hosted").adopt(f"{0:064x}", name, job.name, clock.now())
    buyer(line, name, tmp_path, clock).buy(wanted(tmp_path, name))
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize("name", ["fal", "sync"])
def test_a_wrong_key_says_nothing_of_what_was_bought(name: str, tmp_path: Path) -> None:
    world, clock = world_of(name, working=0), FakeClock()
    with pytest.raises(Killed):
        buyer(submit_line(world, name, "killed_after"), name, tmp_path, clock).buy(
            wanted(tmp_path, name)
        )
    made = buyer(line_to(world), name, tmp_path, clock)
    made.service._client.headers.update(dict.fromkeys(made.service._client.headers, "another"))
    with pytest.raises(InputError, match="is the key in MOUTHPIECE_TEST_KEY right"):
        made.buy(wanted(tmp_path, name))
    row = made.ledger.get(f"{0:064x}")
    assert row is not None
    assert row.state == "submitting"
    buyer(line_to(world), name, tmp_path, clock).buy(wanted(tmp_path, name))
    assert sum(world.paid.values()) == 1


def test_a_refused_request_costs_nothing_and_is_asked_again_by_the_next_run(
    service: str, tmp_path: Path
) -> None:
    world, clock = world_of(service), FakeClock()
    with pytest.raises(Fault, match="nothing was bought"):
        buyer(submit_line(world, service, "gone"), service, tmp_path, clock, budget_usd=0.25).buy(
            wanted(tmp_path, service)
        )
    buyer(line_to(world), service, tmp_path, clock, budget_usd=0.25).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


def test_a_budget_is_never_exceeded(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    bought = 0
    for number in range(6):
        made = buyer(line_to(world), service, tmp_path, clock, budget_usd=0.8)
        try:
            made.buy(wanted(tmp_path, service, number))
            bought += 1
        except Fault as error:
            assert "raise engines.hosted.budget_usd" in str(error)
    assert bought == sum(world.paid.values()) == 3
    buyer(line_to(world), service, tmp_path, clock, budget_usd=0.8, run="next").buy(
        wanted(tmp_path, service, 5)
    )


def test_what_is_sent_again_is_paid_by_the_run_that_sends_it(tmp_path: Path) -> None:
    world, clock = world_of("sync"), FakeClock()
    line = line_to(world, ["lost_before"] * 15)  # each is sent once, and then again four times
    for number in range(3):
        with pytest.raises(Fault, match="not known whether this cut was bought"):
            buyer(line, "sync", tmp_path, clock, budget_usd=0.75).buy(
                wanted(tmp_path, "sync", number)
            )
    assert not world.paid
    ledger = Ledger(tmp_path / "hosted")
    lost = {row.key: row for row in ledger.all()}
    for number in (3, 0, 4, 1, 2):
        made = buyer(line, "sync", tmp_path, clock, budget_usd=0.75, run="next")
        if number in (3, 0, 4):
            made.buy(wanted(tmp_path, "sync", number))
            continue
        with pytest.raises(Fault, match=r"0\.75 USD of the run's .* raise engines\.hosted\.budget"):
            made.buy(wanted(tmp_path, "sync", number))
        assert ledger.get(f"{number:064x}") == lost[f"{number:064x}"]
    assert sum(world.paid.values()) == 3
    for number in (1, 2):
        buyer(line, "sync", tmp_path, clock, budget_usd=0.5, run="third").buy(
            wanted(tmp_path, "sync", number)
        )
    assert list(world.paid.values()) == [1] * 5


def test_more_than_may_be_at_work_wait(service: str, tmp_path: Path) -> None:
    world, clock = world_of(service), FakeClock()
    first = buyer(line_to(world), service, tmp_path, clock)
    first.ledger.reserve(first._purchase(wanted(tmp_path, service, 1)), 10**9, 1, clock.now())
    buyer(line_to(world), service, tmp_path, clock, most_at_work=1).buy(wanted(tmp_path, service))
    assert sum(clock.slept) > 800  # until the other one counts as gone
    assert sum(world.paid.values()) == 1


@pytest.mark.parametrize(
    ("state", "counts_s"),
    [("reserved", 900), ("submitting", 1800), ("unknown", 1800), ("submitted", 1800)],
)
def test_what_may_be_at_work_counts_until_it_is_known_or_has_run_for_the_longest(
    state: State, counts_s: float, tmp_path: Path
) -> None:
    line, clock = line_to(world_of("fal")), FakeClock()
    first = buyer(line, "fal", tmp_path, clock)
    first.ledger.reserve(first._purchase(wanted(tmp_path, "fal", 1)), 10**9, 1, clock.now())
    first.ledger.change(f"{1:064x}", clock.now(), state)
    buyer(line, "fal", tmp_path, clock, most_at_work=1).buy(wanted(tmp_path, "fal"))
    waited_s = sum(clock.slept)
    assert counts_s <= waited_s < counts_s + 60
    first.ledger.change(f"{1:064x}", clock.now(), "succeeded")
    buyer(line, "fal", tmp_path, clock, most_at_work=1).buy(wanted(tmp_path, "fal", 2))
    assert sum(clock.slept) - waited_s < 60


def test_a_look_at_what_is_unknown_does_not_make_it_count_for_longer(tmp_path: Path) -> None:
    world, clock = world_of("fal", lists=False), FakeClock()
    line = submit_line(world, "fal", "lost_after")
    for _ in range(2):
        with pytest.raises(Fault, match="not known whether this cut was bought"):
            buyer(line, "fal", tmp_path, clock).buy(wanted(tmp_path, "fal"))
        clock.sleep(1700)
    waited_s = sum(clock.slept)
    buyer(line, "fal", tmp_path, clock, most_at_work=1).buy(wanted(tmp_path, "fal", 1))
    assert sum(clock.slept) - waited_s < 60


def test_what_is_sent_again_waits_for_others_too(tmp_path: Path) -> None:
    world, clock = world_of("sync"), FakeClock()
    line = line_to(world, ["lost_before"] * 5)
    with pytest.raises(Fault, match="not known whether this cut was bought"):
        buyer(line, "sync", tmp_path, clock).buy(wanted(tmp_path, "sync"))
    other = buyer(line, "sync", tmp_path, clock)
    other.ledger.reserve(other._purchase(wanted(tmp_path, "sync", 1)), 10**9, 2, clock.now())
    lost, waited = other.ledger.get(f"{0:064x}"), sum(clock.slept)
    again = buyer(line, "sync", tmp_path, clock, most_at_work=1, deadline_s=60)
    with pytest.raises(Fault, match="1 other cuts are at work, and none ended; it was not sent"):
        again.buy(wanted(tmp_path, "sync"))
    assert other.ledger.get(f"{0:064x}") == replace(lost, raw=ANY)
    assert not world.paid
    buyer(line, "sync", tmp_path, clock, most_at_work=1).buy(wanted(tmp_path, "sync"))
    assert sum(clock.slept) - waited > 800  # until the other one counts as gone
    assert list(world.paid.values()) == [1]


def test_a_request_at_work_for_too_long_is_waited_for_by_the_next_run(
    service: str, tmp_path: Path
) -> None:
    world, clock = world_of(service, working=10**6), FakeClock()
    with pytest.raises(Fault, match=r"still says .* the cut was bought"):
        buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    world.working = 0
    buyer(line_to(world), service, tmp_path, clock).buy(wanted(tmp_path, service))
    assert sum(world.paid.values()) == 1


def test_a_key_is_in_no_message_and_no_log(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = buyer(line_to(world_of(service)), service, tmp_path, FakeClock())
    made.service._client.headers.update(dict.fromkeys(made.service._client.headers, "another"))
    with pytest.raises((Fault, InputError)) as error:
        made.buy(wanted(tmp_path, service))
    shown = f"{made!r} {error.value} {caplog.text}"
    assert KEY not in shown
    assert "another" not in shown
