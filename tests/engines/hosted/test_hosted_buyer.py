"""Each cut is paid once, whatever goes wrong."""

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.hosted.ledger import Ledger
from service_worlds import FILM, KEY, MODELS, WORLDS, World

from .purchases import FAULTS, PRICES, FakeClock, Killed, Line, buyer, line_to, order

NAMES = tuple(WORLDS)

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the ledgers of hundreds of sequences are: each transaction waits for its disk."""


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


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@examples(max_examples=170, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_cut_is_paid_once_whatever_goes_wrong(name: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        buy_with_faults(name, Path(folder), data)


def report_twice(world: World, name: str, ledger: Ledger, now: float) -> None:
    """Note a webhook on each request, as the receiver does, and then the same one again."""
    keys = {hashlib.sha256(b"clip %d" % n).hexdigest(): f"{n:064x}" for n in range(3)}
    for job in [*world.jobs.values()] * 2:
        ledger.adopt(keys[job.clip], name, job.name, now)
        ledger.report(name, f"event-{job.name}", job.name, now)


def buy_with_faults(name: str, folder: Path, data: st.DataObject) -> None:
    faults = data.draw(st.lists(st.sampled_from([None, *FAULTS]), max_size=25))
    cuts = data.draw(st.integers(1, 3))
    world = world_of(
        name,
        working=data.draw(st.integers(0, 3)),
        end=data.draw(st.sampled_from(["good", "good", "good", "bad", "strange"])),
        lists=data.draw(st.booleans()),
    )
    line, clock = line_to(world, faults), FakeClock()
    budgets = st.sampled_from([0.0, 0.25, 0.5, 0.75, 100.0])
    for run in ("first", "second", "third"):
        if data.draw(st.booleans()):
            report_twice(world, name, Ledger(folder / "hosted"), clock.now())
        budget_usd, paid = data.draw(budgets), sum(world.paid.values())
        for number in data.draw(st.permutations(range(cuts))):
            made = buyer(line, name, folder, clock, budget_usd=budget_usd, run=run)
            try:
                found = made.buy(wanted(folder, name, number))
            except (Fault, InputError, Killed):
                continue
            assert found.read_bytes() == FILM
        assert (sum(world.paid.values()) - paid) * PRICES.per_run_usd <= budget_usd
    assert all(count == 1 for count in world.paid.values())
    states = {}
    for number in range(cuts):
        line.faults.clear()
        with_fault = False
        try:
            buyer(line, name, folder, clock).buy(wanted(folder, name, number))
        except (Fault, InputError):
            with_fault = True
        row = Ledger(folder / "hosted").get(f"{number:064x}")
        assert row is not None
        states[number] = row.state
        assert with_fault == (row.state != "delivered")
    assert all(count == 1 for count in world.paid.values())
    delivered = sum(state == "delivered" for state in states.values())
    assert delivered <= sum(world.paid.values()) <= cuts
    if world.end == "good" and name == "sync":
        assert delivered == cuts
