"""What was bought, and what became of it: one row for each cut, written before anything is sent.

SQLite in WAL mode, on the disk of one machine. Each change is one transaction, so a process that is
killed leaves the row as it was before or after. See `purchase` for its states.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...core.errors import Fault, InputError
from ...core.locks import holder_text, lock_file
from .purchase import FREE, LIVE, Purchase, State
from .rows import as_purchase, check_budget, check_room, find, known
from .schema import SCHEMA

FOLDER = Path("hosted")
"""Where ledger and films are, in the working folder of a run."""

FILE = "ledger.sqlite"

BUSY_S = 60.0
"""How long a transaction waits for those of other processes."""


class Ledger:
    """The ledger of a working folder. Several processes may use one."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Open a ledger; it is made where there is none.

        Args:
            folder: Where it is.

        Raises:
            Fault: It is damaged, or its disk does not work.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with self._session() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(SCHEMA)

    def get(self, key: str) -> Purchase | None:
        """Look a cut up.

        Args:
            key: `Order.key`.

        Returns:
            Its row; None: there is none.
        """
        with self._session() as database:
            return find(database, key)

    def all(self) -> list[Purchase]:
        """List the ledger.

        Returns:
            All rows, the one that was looked at first first.
        """
        with self._session() as database:
            rows = database.execute("SELECT * FROM purchases ORDER BY touched, key").fetchall()
        return [as_purchase(row) for row in rows]

    def reserve(
        self, wanted: Purchase, budget_micro_usd: int, most_at_work: int, now: float
    ) -> Purchase:
        """Take the price of a cut out of the run's budget, unless the cut was bought already.

        Args:
            wanted: The row to write, in the state `reserved`.
            budget_micro_usd: What a run may spend.
            most_at_work: How many requests may be at work at once.
            now: The time.

        Returns:
            The row that there is.

        Raises:
            BudgetError: The budget does not have its price.
            FullError: Others are at work.
        """
        with self._changing() as database:
            found = find(database, wanted.key)
            if found and found.state not in FREE:
                return found
            check_room(database, wanted.key, most_at_work, now)
            check_budget(database, wanted, budget_micro_usd)
            database.execute("DELETE FROM purchases WHERE key = ?", (wanted.key,))
            database.execute(
                "INSERT INTO purchases (key, service, model, label, run, token, state, "
                "price_micro_usd, touched) VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?, ?)",
                (
                    *(wanted.key, wanted.service, wanted.model, wanted.label, wanted.run),
                    *(wanted.token, wanted.price_micro_usd, now),
                ),
            )
            return known(database, wanted.key)

    def charge(
        self, wanted: Purchase, budget_micro_usd: int, most_at_work: int, now: float
    ) -> None:
        """Take the price of a cut that is sent again out of the budget of the run that sends it.

        Args:
            wanted: Its run, and its price in that run.
            budget_micro_usd: What a run may spend.
            most_at_work: How many requests may be at work at once.
            now: The time.

        Raises:
            BudgetError: The budget does not have its price; the row is as it was.
            FullError: Others are at work; the row is as it was.
        """
        with self._changing() as database:
            check_room(database, wanted.key, most_at_work, now)
            check_budget(database, wanted, budget_micro_usd)
            database.execute(
                "UPDATE purchases SET state = 'submitting', run = ?, price_micro_usd = ?, "
                "touched = ? WHERE key = ?",
                (wanted.run, wanted.price_micro_usd, now, wanted.key),
            )

    def change(
        self, key: str, now: float, state: State | None = None, **values: object
    ) -> Purchase:
        """Change a row.

        Args:
            key: `Order.key`.
            now: The time.
            state: Its new state; None: as it was.
            **values: Other columns; mappings are kept as JSON.

        Returns:
            The row.
        """
        changed = values | {"touched": now} | ({"state": state} if state else {})
        columns = ", ".join(f"{name} = ?" for name in changed)
        given = [json.dumps(v) if isinstance(v, Mapping) else v for v in changed.values()]
        with self._changing() as database:
            database.execute(f"UPDATE purchases SET {columns} WHERE key = ?", (*given, key))
            return known(database, key)

    def adopt(self, key: str, service: str, request_id: str, now: float) -> bool:
        """Give a request that was lost its name, which a signed webhook told.

        Args:
            key: `Order.key`.
            service: The service.
            request_id: What it calls the request.
            now: The time.

        Returns:
            Whether the row lacked it.
        """
        with self._changing() as database:
            taken = database.execute(
                "SELECT 1 FROM purchases WHERE service = ? AND request_id = ?",
                (service, request_id),
            ).fetchone()
            if taken:
                return False
            done = database.execute(
                "UPDATE purchases SET request_id = ?, touched = ? WHERE key = ? AND service = ? "
                "AND request_id IS NULL AND state IN ('submitting', 'unknown')",
                (request_id, now, key, service),
            )
            return done.rowcount == 1

    def report(self, service: str, event: str, request_id: str, now: float) -> bool:
        """Take note of a webhook.

        Args:
            service: The service.
            event: `Report.event`.
            request_id: `Report.request_id`.
            now: The time.

        Returns:
            Whether it is new.
        """
        with self._changing() as database:
            done = database.execute(
                "INSERT OR IGNORE INTO reports VALUES (?, ?, ?, ?)",
                (service, event, request_id, now),
            )
            return done.rowcount == 1

    def reports(self, service: str, request_id: str) -> int:
        """Count the webhooks about a request.

        Args:
            service: The service.
            request_id: The request.

        Returns:
            How many different ones there were.
        """
        with self._session() as database:
            asked = "SELECT COUNT(*) FROM reports WHERE service = ? AND request_id = ?"
            return int(database.execute(asked, (service, request_id)).fetchone()[0])

    def lock_path(self, key: str) -> Path:
        """Tell where the lock of a cut is, which is held by who buys it.

        Args:
            key: `Order.key`.

        Returns:
            The file; its folder is there.
        """
        folder = self.folder / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / key

    def clear(self, beginning: str, now: float, live: bool = False) -> Purchase:
        """Let a cut be bought again. Its row stays, under another key, and counts in its budget.

        Args:
            beginning: The first digits of its key.
            now: The time.
            live: Whether that may be a row in one of the states `LIVE`.

        Returns:
            The row as it was.

        Raises:
            InputError: No row begins so, several do, it needs no clearing, it is live, or a process
                is buying it.
        """
        key = self._only_key(beginning)
        path = self.lock_path(key)
        with lock_file(path, wait=False) as held:
            if not held:
                raise InputError(
                    f"{beginning}: {holder_text(path)} is buying it; wait for that, or end it"
                )
            return self._cleared(key, now, live)

    def _only_key(self, beginning: str) -> str:
        with self._session() as database:
            rows = database.execute(
                "SELECT key FROM purchases WHERE substr(key, 1, ?) = ? AND state != 'cleared'",
                (len(beginning), beginning),
            ).fetchall()
        if len(rows) != 1:
            many = "several cuts have" if rows else "no cut has"
            raise InputError(f"{many} a key that begins with {beginning!r}")
        return str(rows[0]["key"])

    def _cleared(self, key: str, now: float, live: bool) -> Purchase:
        with self._changing() as database:
            found = known(database, key)
            if found.state in FREE:
                raise InputError(f"{key[:12]}: it is {found.state}, and needs no clearing")
            if found.state in LIVE and not live:
                raise InputError(
                    f"{key[:12]}: it is {found.state}, and needs no clearing: the next run takes "
                    "it up without paying again. To pay for another film all the same, add --live"
                )
            cleared = f"{found.key}~{found.token[:8]}"
            database.execute(
                "UPDATE purchases SET key = ?, state = 'cleared', touched = ?, raw = ? "
                "WHERE key = ?",
                (cleared, now, f"{found.state}: {found.raw}", found.key),
            )
            return found

    @contextlib.contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own: processes fork, and threads differ."""
        path = self.folder / FILE
        try:
            with contextlib.closing(
                sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            ) as database:
                database.row_factory = sqlite3.Row
                database.execute("PRAGMA synchronous = FULL")
                yield database
        except sqlite3.DatabaseError as error:
            raise Fault(
                f"{path}: the ledger of what was bought cannot be used ({error})"
            ) from error

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which nobody else writes in."""
        with self._session() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")
