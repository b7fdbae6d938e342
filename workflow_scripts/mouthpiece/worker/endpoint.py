"""Where workers are found: in a folder of the user's own, by a key of what makes two alike."""

import hashlib
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import Fault
from ..core.files import digest
from ..core.gpus import SLURM_STEP, VISIBLE
from ..core.locks import lock_file
from ..core.paths import PACKAGE
from ..core.user_folder import private_folder

PREFIXES = (
    *("CUDA_", "NVIDIA_", "OMP_", "MKL_", "OPENBLAS_"),
    *("TORCH", "PYTORCH", "PYTHON", "MOUTHPIECE_"),
)
"""Environment variables that decide which GPU is seen, what is imported, and what the results are.
On Slurm a step has a worker of its own, since it dies with the step, and other steps have other
GPUs."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Set wherever an engine draws. Snakemake sets these to a rule's threads, but results must not
depend on them, and jobs of any number of threads share a worker."""
LONGEST_SOCKET_PATH = 107
LOG_LINES = 5
"""How many lines of a worker's log an error quotes."""


@dataclass(frozen=True)
class Endpoint:
    """The files of one worker: its socket, its lock, its log.

    Attributes:
        folder: Where they are.
        version: The version of the code, which is in the key, too.
        key: What tells the worker from others.
        gpu: Which of several GPUs it uses.
    """

    folder: Path
    version: str
    key: str
    gpu: str = ""

    @classmethod
    def of(cls, engine: str, gpu: str = "") -> "Endpoint":
        """Find the user's worker for an engine, of this code, Python and GPU, in this Slurm step.

        Args:
            engine: The engine's name.
            gpu: The GPU, where a job may choose.

        Returns:
            The endpoint.
        """
        environment = os.environ | ONE_THREAD | _shown(gpu)
        seen = {
            name: value
            for name, value in environment.items()
            if name in SLURM_STEP or name.startswith(PREFIXES)
        }
        version = package_version()
        key = digest([engine, sys.executable, version, seen])[:16]
        return cls(private_folder(), version, key, gpu)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works there."""
        return os.environ | _shown(self.gpu)

    @property
    def socket(self) -> Path:
        """Where the worker listens.

        Raises:
            Fault: The path is longer than the kernel takes.
        """
        path = self.folder / f"{self.key}.socket"
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
            raise Fault(
                f"{path}: too long for a socket's path ({LONGEST_SOCKET_PATH} bytes); set "
                "XDG_RUNTIME_DIR or TMPDIR to a shorter folder, or worker.mode to off"
            )
        return path

    @property
    def log(self) -> Path:
        """The worker's own log; lines about a job go to the log of that job."""
        return self.folder / f"{self.key}.log"

    @property
    def lock(self) -> Path:
        """The lock of the client that may use the worker."""
        return self.folder / f"{self.key}.lock"

    @property
    def log_excerpt(self) -> str:
        """Where the log is, and how it ends."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join([f"its log, {self.log}, ends:", *lines[-LOG_LINES:]])

    def turn(self, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the lock: one client at a time starts and uses the worker.

        Args:
            wait: Whether to wait for another client.

        Returns:
            A context of whether it is held: see `core.locks.lock_file`.
        """
        return lock_file(self.lock, wait)

    def clear(self) -> None:
        """Remove the worker's files; for the holder of the lock."""
        for path in (self.socket, self.log, self.lock):
            path.unlink(missing_ok=True)


def _shown(gpu: str) -> dict[str, str]:
    return {VISIBLE: gpu} if gpu else {}


def package_version() -> str:
    """Tell the code of the library from any other.

    Returns:
        12 hex digits of the SHA-256 of every module that a worker may import.
    """
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(f"{path.relative_to(PACKAGE)} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]
