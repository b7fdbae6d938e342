"""Where workers are found: a folder of the user's own, and a key of what makes two alike."""

import contextlib
import fcntl
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import Fault
from ..core.files import digest
from ..core.paths import PACKAGE

VARIABLES = ("SLURM_JOB_ID", "SLURM_STEP_ID")

PREFIXES = (
    *("CUDA_", "NVIDIA_", "OMP_", "MKL_", "OPENBLAS_"),
    *("TORCH", "PYTORCH", "PYTHON", "MOUTHPIECE_"),
)
"""What of the environment decides which GPU is seen, what is imported, and what comes out. On Slurm
a step has a worker of its own, since it dies with the step, and other steps have other GPUs."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""What is so wherever an engine draws: Snakemake sets these to a rule's threads, but what comes out
shall not depend on them, and jobs of any number of threads share a worker."""

VISIBLE = "CUDA_VISIBLE_DEVICES"

LONGEST_SOCKET_PATH = 107

LOG_LINES = 5
"""How many lines of a worker's log an error quotes."""


@dataclass(frozen=True)
class Endpoint:
    """The files of one worker: its socket, the lock of whose turn it is, its log.

    version: of the code, which is in the key, too. card: which of several GPUs it is for.
    """

    folder: Path
    version: str
    key: str
    card: str = ""

    @classmethod
    def of(cls, engine: str, card: str = "") -> "Endpoint":
        """Where this user's worker for an engine is, of this code, Python and GPU, in this step.

        card: the GPU, where a job may choose.
        """
        seen = {
            name: value
            for name, value in (os.environ | ONE_THREAD | _shown(card)).items()
            if name in VARIABLES or name.startswith(PREFIXES)
        }
        version = package_version()
        key = digest([engine, sys.executable, version, seen])[:16]
        return cls(private_folder(), version, key, card)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works there."""
        return os.environ | _shown(self.card)

    @property
    def socket(self) -> Path:
        """Where it listens. Raises Fault where the path is longer than the kernel takes."""
        path = self.folder / f"{self.key}.socket"
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
            raise Fault(
                f"{path}: too long for a socket's path ({LONGEST_SOCKET_PATH} bytes); set "
                "XDG_RUNTIME_DIR or TMPDIR to a shorter folder, or worker.mode to off"
            )
        return path

    @property
    def log(self) -> Path:
        """What it says of itself; lines of a job go to the log of that job."""
        return self.folder / f"{self.key}.log"

    @property
    def said(self) -> str:
        """Where its log is, and how that ends."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join([f"its log, {self.log}, ends:", *lines[-LOG_LINES:]])

    @contextlib.contextmanager
    def turn(self, wait: bool = True) -> Iterator[bool]:
        """Hold the turn: one client at a time starts and uses the worker. It ends with its holder.

        Yields whether it is held: without `wait`, False where another holds it.
        """
        path = self.folder / f"{self.key}.lock"
        while True:
            with path.open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                except BlockingIOError:
                    yield False
                    return
                if _is(path, file.fileno()):  # else it was removed while this one waited for it
                    yield True
                    return

    def clear(self) -> None:
        """Remove its files; for who holds the turn."""
        for path in (self.socket, self.log, self.folder / f"{self.key}.lock"):
            path.unlink(missing_ok=True)


def _shown(card: str) -> dict[str, str]:
    return {VISIBLE: card} if card else {}


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def private_folder() -> Path:
    """The user's folder of workers, made on first use; in XDG_RUNTIME_DIR, or where that is none of
    the user's, in the folder of temporary files.

    Raises Fault unless it is a folder, no link, that is the user's and open to nobody else.
    """
    user = os.getuid()
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if runtime.is_dir() and runtime.stat().st_uid == user:
        path = runtime / "mouthpiece"
    else:
        path = Path(tempfile.gettempdir()) / f"mouthpiece-{user}"
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o077:
        raise Fault(
            f"{path}: must be a folder of your own that nobody else may enter (mode 0700), and no "
            "link; remove it, or set worker.mode to off"
        )
    return path


def package_version() -> str:
    """The version of all of this library: of every module that a worker may import, in hex."""
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(f"{path.relative_to(PACKAGE)} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]
