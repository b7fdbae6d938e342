"""A user's table that is kept in memory, and changed by one thread at a time."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from .file_state import State, state_of
from .user_table import UserTable, locked

T = TypeVar("T", bound=UserTable)


class CachedTable(Generic[T]):
    """A table that is read again only after its file changed. Threads may share it.

    Attributes:
        path: The file of the table.
    """

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self._kind = kind
        self._known: tuple[State | None, T] | None = None
        self._mine = threading.local()

    def table(self) -> T:
        """Read the table, if its file changed.

        Returns:
            The table as it is now. It must not be changed; change a copy.

        Raises:
            InputError: A row is wrong.
        """
        state, known = state_of(self.path), self._known
        if known is None or known[0] != state:
            known = self._known = (state, self._kind(self.path))
        return known[1]

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write all that this thread changes in the block at its end, at once.

        Other threads and processes wait. Where the block raises, nothing is written.

        Yields:
            Nothing.

        Raises:
            InputError: The table is wrong, or this user may not write it.
            Fault: Another process holds its lock for too long.
        """
        with locked(self.path):
            known = self._mine.table = self.table()
            try:
                yield
                if not self._mine.table.is_as(known):
                    self.write(self._mine.table)
            finally:
                del self._mine.table

    @contextlib.contextmanager
    def changing(self) -> Iterator[T]:
        """Change the table, alone or in a block of `together`.

        Yields:
            A copy to be changed; where the block raises, its changes are dropped.

        Raises:
            InputError: The table is wrong, or this user may not write it.
            Fault: Another process holds its lock for too long.
        """
        if not hasattr(self._mine, "table"):
            with self.together(), self.changing() as table:
                yield table
            return
        table = self._mine.table.copy()
        yield table
        self._mine.table = table

    def write(self, table: T) -> None:
        """Write a changed copy. The caller holds the table's lock.

        Args:
            table: The copy.
        """
        table.write()
        self._known = (state_of(self.path), table)
