"""Where a pool of workers is found: in the user's private folder, by a key of all that counts."""

import hashlib
import json
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from ..core import run_id
from ..core.errors import Fault
from ..core.files import digest
from ..core.gpus import SLURM_STEP
from ..core.locks import lock_file
from ..core.paths import PACKAGE, WORKFLOW
from ..core.processes import file_mode_mask

SCRIPTS = "workflow_scripts"
"""The folder of the rules' scripts, in that of the workflow."""
PREFIXES = (
    *("CUDA_", "NVIDIA_", "OMP_", "MKL_", "OPENBLAS_"),
    *("TORCH", "PYTORCH", "PYTHON", "MOUTHPIECE_"),
)
"""Prefixes of the environment variables that select the GPU, the imports or the results. On Slurm,
each step has its own pool: a pool ends with its step, and other steps have other GPUs."""
OF_A_RUN = ("MOUTHPIECE_PART", run_id.VARIABLE)
"""The variables that name a run, or a part of one. All runs share a pool, as do the parts of one
job on a cluster."""
CLIENT_VARIABLES = (
    *("MOUTHPIECE_PYTHON", "MOUTHPIECE_CLIENT"),
    *("MOUTHPIECE_SOCKET", "MOUTHPIECE_POOL"),
)
"""Environment variables that tell a job's command what to run. They select nothing else."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Set in all workers. Snakemake sets these variables to the threads of a rule, but results must not
depend on them, and jobs with different numbers of threads share a pool."""
LONGEST_SOCKET_PATH = 107
"""The kernel's limit, in bytes."""
LOG_LINES = 5
"""How many lines of a pool's log an error quotes."""


@dataclass(frozen=True)
class Limits:
    """What a pool may use.

    Attributes:
        workers: How many workers without a GPU may run at once.
        idle_s: How long the pool waits for another job before it ends, in seconds.
        memory_mb: A worker that holds more memory after a job ends, and a new one takes its place.
        device_memory_mb: The same for a worker that holds an engine's large networks.
        jobs_per_gpu: How many jobs a GPU does at once, each in a worker of its own.
        total_memory_mb: Where all workers hold more, idle ones end.
        preload: The modules that the pool imports, so that all its workers have them.
    """

    workers: int
    idle_s: float
    memory_mb: int
    device_memory_mb: int
    jobs_per_gpu: int = 1
    total_memory_mb: int = 10_000_000
    preload: tuple[str, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """The files of one pool: its socket, its lock and its log.

    Attributes:
        folder: Where they are.
        version: The version of the library's code. The key covers it, too.
        key: Identifies the pool.
        limits: What the pool may use.
    """

    folder: Path
    version: str
    key: str
    limits: Limits

    @classmethod
    def of(cls, folder: Path, limits: Limits) -> "Endpoint":
        """Find the user's pool for this code, this Python, this environment and these limits.

        Args:
            folder: The user's private folder.
            limits: What the pool may use.

        Returns:
            The endpoint.
        """
        relevant = {
            name: value
            for name, value in (os.environ | ONE_THREAD).items()
            if name in SLURM_STEP or (name.startswith(PREFIXES) and name not in OF_A_RUN)
        }
        version = package_version()
        key = digest([sys.executable, version, relevant, file_mode_mask(), asdict(limits)])[:16]
        return cls(folder, version, key, limits)

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """Read what `text` wrote.

        Args:
            text: JSON.

        Returns:
            The endpoint.
        """
        values = json.loads(text)
        limits = values["limits"]
        values["limits"] = Limits(**limits | {"preload": tuple(limits["preload"])})
        return cls(**values | {"folder": Path(values["folder"])})

    @property
    def text(self) -> str:
        """All of it as JSON, for a command line."""
        return json.dumps(asdict(self), default=str, separators=(",", ":"))

    @property
    def socket(self) -> Path:
        """Where the pool listens.

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
        """The pool's own log. Lines about a job go to the log of that job."""
        return self.folder / f"{self.key}.log"

    @property
    def lock(self) -> Path:
        """The lock of the process that starts or ends the pool."""
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
        """Hold the lock. Only its holder starts or ends the pool.

        Args:
            wait: Whether to wait while another process holds it.

        Returns:
            A context manager; see `core.locks.lock_file`. It gives whether the lock is held.
        """
        return lock_file(self.lock, wait, START_LIMIT_S + 30)

    def clear(self) -> None:
        """Remove the pool's files. Only for the holder of the lock."""
        for path in (self.socket, self.log, self.lock):
            path.unlink(missing_ok=True)


START_LIMIT_S = 120.0
"""How long a pool may take to listen."""


def package_version() -> str:
    """Identify the code of the library and of the rules' scripts.

    Returns:
        12 hex digits of the SHA-256 of all modules, as a worker may import any of them.
    """
    found = hashlib.sha256()
    for path in _modules():
        found.update(f"{path.name} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


class Package:
    """The library as a process has imported it."""

    def __init__(self, version: str) -> None:
        """Look at the modules.

        Args:
            version: Their `package_version`.
        """
        self._version = version
        self._modules = _modules()
        self._states = self._look()

    def has_changed(self) -> bool:
        """Tell whether a module was edited. It reads them only where their times differ.

        Returns:
            Whether what is imported from now on would not match.
        """
        states = self._look()
        if states == self._states:
            return False
        self._states = states
        return package_version() != self._version

    def _look(self) -> list[tuple[int, int]]:
        try:
            return [(s.st_size, s.st_mtime_ns) for p in self._modules for s in [p.stat()]]
        except OSError:
            return []


def _modules() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *(WORKFLOW / SCRIPTS).glob("*.py")])
