"""Where a worker is found: in the user's private folder, by a key of all that results depend on."""

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
"""Prefixes of the environment variables that select the GPU, the imports or the results. On Slurm,
each step has its own worker: a worker ends with its step, and other steps have other GPUs."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Set wherever an engine draws. Snakemake sets these variables to the threads of a rule, but
results must not depend on them, and jobs with different numbers of threads share a worker."""
LONGEST_SOCKET_PATH = 107
"""The kernel's limit, in bytes."""
LOG_LINES = 5
"""How many lines of a worker's log an error quotes."""


@dataclass(frozen=True)
class Endpoint:
    """The files of one worker: its socket, its lock and its log.

    Attributes:
        folder: Where they are.
        version: The version of the library's code. The key covers it, too.
        key: Identifies the worker.
        gpu: The GPU that it uses; empty if there is nothing to choose.
    """

    folder: Path
    version: str
    key: str
    gpu: str = ""

    @classmethod
    def of(cls, engine: str, gpu: str = "", version: str = "") -> "Endpoint":
        """Find the user's worker for an engine, this code, this Python, a GPU and this Slurm step.

        Args:
            engine: The engine's name.
            gpu: The GPU; empty if there is nothing to choose.
            version: The `package_version`, where it is known: it reads all modules.

        Returns:
            The endpoint.
        """
        environment = os.environ | ONE_THREAD | _visible(gpu)
        relevant = {
            name: value
            for name, value in environment.items()
            if name in SLURM_STEP or name.startswith(PREFIXES)
        }
        version = version or package_version()
        key = digest([engine, sys.executable, version, relevant])[:16]
        return cls(private_folder(), version, key, gpu)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the worker's process."""
        return os.environ | _visible(self.gpu)

    @property
    def socket(self) -> Path:
        """Where the worker listens.

        Raises:
            Fault: The path is longer than the kernel allows.
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
        """The worker's own log. Lines about a job go to the log of that job."""
        return self.folder / f"{self.key}.log"

    @property
    def lock(self) -> Path:
        """The lock of the client that may use the worker."""
        return self.folder / f"{self.key}.lock"

    @property
    def log_excerpt(self) -> str:
        """The path of the log, and its last lines."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join([f"the last lines of its log {self.log}:", *lines[-LOG_LINES:]])

    def acquire(self, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the lock. Only the client that holds it starts and uses the worker.

        Args:
            wait: Whether to wait while another client holds it.

        Returns:
            A context manager; see `core.locks.lock_file`. It gives whether the lock is held.
        """
        return lock_file(self.lock, wait)

    def clear(self) -> None:
        """Remove the worker's files. Only for the holder of the lock."""
        for path in (self.socket, self.log, self.lock):
            path.unlink(missing_ok=True)


def _visible(gpu: str) -> dict[str, str]:
    return {VISIBLE: gpu} if gpu else {}


def package_version() -> str:
    """Identify the code of the library.

    Returns:
        12 hex digits of the SHA-256 of all modules, as a worker may import any of them.
    """
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(f"{path.relative_to(PACKAGE)} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]
