"""The ledger with many who write at once, and when it is damaged."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.locks import lock_file
from mouthpiece.engines.hosted.ledger import FILE, Ledger
from mouthpiece.engines.hosted.prices import Prices, dollars
from mouthpiece.engines.hosted.purchase import LIVE, Purchase
from mouthpiece.engines.hosted.rows import BudgetError


def row(number: int, price_micro_usd: int = 100, run: str = "run") -> Purchase:
    return Purchase(
        f"{number:064x}", "sync", "m", "cut", run, f"token{number}", "reserved", price_micro_usd
    )


def test_a_budget_holds_whoever_reserves_at_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)

    def reserve(number: int) -> bool:
        try:
            Ledger(tmp_path).reserve(row(number), 1000, 10**6, 1.0)
        except BudgetError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(reserve, range(40)))
    assert sum(done) == 10
    assert sum(one.price_micro_usd for one in ledger.all()) == 1000


def test_a_budget_is_of_one_run_and_refused_ones_give_it_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.reserve(row(1), 100, 9, 1.0)
    with pytest.raises(BudgetError, match=r"0\.0001 USD of the run's 0\.0001 USD are spent"):
        ledger.reserve(row(2), 100, 9, 1.0)
    ledger.reserve(row(3, run="next"), 100, 9, 1.0)
    ledger.change(row(1).key, 2.0, "refused")
    ledger.reserve(row(2), 100, 9, 2.0)


def test_a_cleared_one_still_counts_in_its_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.reserve(row(1), 100, 9, 1.0)
    ledger.change(row(1).key, 1.0, "unknown", raw="lost")
    assert ledger.clear("000000", 2.0).state == "unknown"
    assert ledger.get(row(1).key) is None
    with pytest.raises(BudgetError):
        ledger.reserve(row(1), 100, 9, 2.0)
    ledger.reserve(row(1, run="next"), 100, 9, 3.0)
    assert [one.state for one in ledger.all()] == ["cleared", "reserved"]


@pytest.mark.parametrize("state", LIVE)
def test_what_may_have_a_film_is_cleared_only_when_that_is_said(state, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.reserve(row(1), 100, 9, 1.0)
    ledger.change(row(1).key, 1.0, state)
    with pytest.raises(InputError, match="--live"):
        ledger.clear("000000", 2.0)
    assert ledger.clear("000000", 2.0, live=True).state == state
    assert ledger.get(row(1).key) is None


@pytest.mark.parametrize("live", [False, True])
def test_what_a_process_is_buying_is_not_cleared(live: bool, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.reserve(row(1), 100, 9, 1.0)
    ledger.change(row(1).key, 1.0, "unknown")
    with (
        lock_file(ledger.lock_path(row(1).key)),
        pytest.raises(InputError, match=r"process \d+ is buying it"),
    ):
        ledger.clear("000000", 2.0, live)
    assert ledger.clear("000000", 2.0).state == "unknown"


@pytest.mark.parametrize("state", ["reserved", "refused"])
def test_what_needs_no_clearing(state, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.reserve(row(1), 100, 9, 1.0)
    ledger.change(row(1).key, 1.0, state)
    with pytest.raises(InputError, match="needs no clearing"):
        ledger.clear("000000", 2.0)
    with pytest.raises(InputError, match="no cut has a key"):
        ledger.clear("ffffff", 2.0)


def test_two_cuts_never_share_a_request(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in (1, 2):
        ledger.reserve(row(number), 10**6, 9, 1.0)
    ledger.change(row(1).key, 1.0, "submitted", request_id="r")
    with pytest.raises(Fault, match="ledger"):
        ledger.change(row(2).key, 1.0, "submitted", request_id="r")
    assert not ledger.adopt(row(2).key, "sync", "r", 1.0)


def test_a_damaged_ledger_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(Fault, match="the ledger of what was bought cannot be used"):
        Ledger(tmp_path)


@pytest.mark.parametrize(
    ("length_s", "micro_usd", "text"),
    [(0, 250_000, "0.25 USD"), (60, 950_000, "0.95 USD"), (1, 261_667, "0.261667 USD")],
)
def test_a_price(length_s: float, micro_usd: int, text: str) -> None:
    assert Prices(0.25, 0.7).micro_usd(length_s) == micro_usd
    assert dollars(micro_usd) == text
