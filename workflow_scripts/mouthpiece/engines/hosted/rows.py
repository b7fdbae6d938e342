"""What is asked of the ledger's rows within one transaction: see `ledger`."""

import json
import sqlite3

from ...core.errors import Fault
from .prices import dollars
from .purchase import AT_SERVICE, Purchase

STALE_S = 900.0
"""A cut that is reserved for so long has lost the process that was to send it."""

LONGEST_S = 1800.0
"""For how long a request counts as being at work after it was last sent or looked at."""


class BudgetError(Fault):
    """A cut would cost more than is left of the run's budget."""


class FullError(Fault):
    """As many requests are at work as may be."""


def find(database: sqlite3.Connection, key: str) -> Purchase | None:
    """Look a cut up.

    Args:
        database: The ledger.
        key: `Order.key`.

    Returns:
        Its row; None: there is none.
    """
    row = database.execute("SELECT * FROM purchases WHERE key = ?", (key,)).fetchone()
    return as_purchase(row) if row else None


def known(database: sqlite3.Connection, key: str) -> Purchase:
    """Look a cut up that has a row.

    Args:
        database: The ledger.
        key: `Order.key`.

    Returns:
        Its row.

    Raises:
        Fault: It was removed.
    """
    found = find(database, key)
    if found is None:
        raise Fault(f"{key[:12]}: was removed from the ledger while it was bought")
    return found


def check_room(database: sqlite3.Connection, key: str, most_at_work: int, now: float) -> None:
    """Refuse a request while as many are at work as may be.

    Args:
        database: The ledger.
        key: The cut that the request is for.
        most_at_work: How many may be.
        now: The time.

    Raises:
        FullError: So many others are.
    """
    (others,) = database.execute(
        "SELECT COUNT(*) FROM purchases WHERE key != ? AND (state = 'reserved' AND touched > ? "
        f"OR state IN {AT_SERVICE} AND touched > ?)",
        (key, now - STALE_S, now - LONGEST_S),
    ).fetchone()
    if others >= most_at_work:
        raise FullError(f"{others} other cuts are at work")


def check_budget(database: sqlite3.Connection, wanted: Purchase, budget_micro_usd: int) -> None:
    """Refuse a cut whose price a run's budget does not have.

    Args:
        database: The ledger.
        wanted: The cut, with its run and price.
        budget_micro_usd: What a run may spend.

    Raises:
        BudgetError: The budget does not have it.
    """
    (spent,) = database.execute(
        "SELECT COALESCE(SUM(price_micro_usd), 0) FROM purchases "
        "WHERE run = ? AND key != ? AND state != 'refused'",
        (wanted.run, wanted.key),
    ).fetchone()
    if spent + wanted.price_micro_usd > budget_micro_usd:
        raise BudgetError(
            f"{wanted.service}: this cut costs {dollars(wanted.price_micro_usd)}; "
            f"{dollars(spent)} of the run's {dollars(budget_micro_usd)} are spent or "
            "reserved: raise engines.hosted.budget_usd, or run again for the next cuts"
        )


def as_purchase(row: sqlite3.Row) -> Purchase:
    """Read a row.

    Args:
        row: The row.

    Returns:
        What it says.
    """
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118
    return Purchase(
        **values | {"urls": json.loads(row["urls"]), "request_id": row["request_id"] or ""}
    )
