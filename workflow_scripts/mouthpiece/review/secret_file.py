"""The secret of a project's address, kept from one start of the review server to the next.

A link to a cut and a frame is of use only if it opens tomorrow, too. So each user keeps a secret
for each results folder, in a file that nobody else can read. Whatever is doubtful about that file
or its folder, the secret in it is not used.
"""

import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..core.errors import Fault
from ..core.files import atomic, digest
from ..core.locks import lock_file
from ..core.paths import state_folder
from ..core.user_files import os_error_text
from ..core.user_folder import made_private

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits, as `secrets.token_urlsafe` writes them."""

MOST_BYTES = 64
"""How much of a file is read: more than a secret and the end of its line."""


def new_secret() -> str:
    """Make a secret that nobody can guess.

    Returns:
        256 random bits that fit into an address.
    """
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class SecretFile:
    """The file of a secret.

    Attributes:
        path: Where it is, in a folder that only its user can enter.
    """

    path: Path

    @classmethod
    def of(cls, results: Path) -> Self:
        """Find the user's file for a results folder.

        Args:
            results: The folder. Links to it count as the folder; one that is moved is another.

        Returns:
            The file; it and its folder need not be there yet.
        """
        return cls(state_folder() / "review" / digest(os.path.realpath(results))[:32])

    def kept(self) -> str:
        """Read the secret; where there is none yet, keep a new one.

        Two servers that start at once get the same one.

        Returns:
            The secret.

        Raises:
            Fault: It must not be used, or cannot be kept.
            InputError: This user may not lock the folder.
        """
        try:
            self._make_folder()
            return self._read() or self._first()
        except OSError as error:
            raise Fault(os_error_text(error)) from None

    def renewed(self) -> str:
        """Keep a new secret in place of the one that is kept, whatever that is.

        Returns:
            The secret.

        Raises:
            Fault: It cannot be kept.
        """
        try:
            self._make_folder()
            return self._write()
        except OSError as error:
            raise Fault(os_error_text(error)) from None

    def _make_folder(self) -> None:
        folder = self.path.parent
        folder.parent.mkdir(parents=True, exist_ok=True)
        made_private(folder, "set XDG_STATE_HOME to a folder of your own")

    def _first(self) -> str:
        with lock_file(self.path.with_name("lock")):
            return self._read() or self._write()

    def _read(self) -> str:
        """The secret; empty where none is kept."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.path, flags)
        except FileNotFoundError:
            return ""
        try:
            self._check(os.fstat(descriptor))
            content = os.read(descriptor, MOST_BYTES)
        finally:
            os.close(descriptor)
        secret = content.decode("utf-8", "replace").removesuffix("\n")
        if not SECRET.fullmatch(secret):
            raise Fault(f"{self.path}: is damaged; delete it")
        return secret

    def _check(self, found: os.stat_result) -> None:
        """Refuse what others may have read or put there."""
        is_own = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid()
        if not is_own or found.st_nlink > 1 or found.st_mode & 0o077:
            raise Fault(
                f"{self.path}: must be a file of your own that nobody else can read (mode 0600); "
                "delete it"
            )

    def _write(self) -> str:
        secret = new_secret()
        with atomic(self.path) as temporary:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(f"{secret}\n")
        return secret
