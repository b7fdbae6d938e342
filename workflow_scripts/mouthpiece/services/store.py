"""Answers that were paid for, by the content of what was asked.

They lie beside the results of a stage and are no declared results, so that a run that is killed, a
retry or an edit finds them again. Each is written at once, when it has arrived.
"""

from collections.abc import Iterable
from pathlib import Path

from ..core.files import atomic, digest, remove


class AnswerStore:
    """A folder of answers."""

    def __init__(self, folder: Path, suffix: str) -> None:
        """Open a folder.

        Args:
            folder: The folder; it is made with the first answer.
            suffix: The suffix of its files, such as ".json".
        """
        self.folder = folder
        self.suffix = suffix

    def path(self, asked: object) -> Path:
        """Tell where an answer is, whether or not it is there.

        Args:
            asked: What was asked, JSON values: all that can change the answer.

        Returns:
            The file.
        """
        return self.folder / f"{digest(asked)[:32]}{self.suffix}"

    def get(self, asked: object) -> bytes | None:
        """Look an answer up.

        Args:
            asked: See `path`.

        Returns:
            The answer; None: there is none.
        """
        try:
            return self.path(asked).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, asked: object, answer: bytes) -> Path:
        """Keep an answer, whole or not at all.

        Args:
            asked: See `path`.
            answer: The answer.

        Returns:
            Its file.
        """
        path = self.path(asked)
        with atomic(path) as temporary:
            temporary.write_bytes(answer)
        return path

    def prune(self, used: Iterable[Path]) -> int:
        """Remove the answers that are no longer used.

        Args:
            used: The files to keep.

        Returns:
            How many were removed.
        """
        kept = set(used)
        found = self.folder.glob(f"[!.]*{self.suffix}")  # not what another job is writing
        unused = [path for path in found if path not in kept]
        for path in unused:
            remove(path)
        return len(unused)
