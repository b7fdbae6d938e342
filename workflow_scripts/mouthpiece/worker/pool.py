"""The pool: it hands each job to a free worker, and makes workers by forking itself.

It imports what the stages of a cut import, once, and starts no thread. A worker is a fork of it,
and so has all that from its first moment, in memory that all workers share.
"""

import contextlib
import gc
import importlib
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ..core.gpus import VISIBLE, visible_gpus
from ..core.processes import PROC, anonymous_mb
from .client import ALIVE, peer
from .endpoint import Endpoint, Package, package_version
from .process import CHANGED, IDLE, serve
from .session import send_frame

log = logging.getLogger(__name__)

FIRST_IDLE_S = 60.0
"""How long a pool waits for its first client at least."""
TICK_S = 2.0
"""How often the pool looks at the time, and tells clients that wait that it is alive."""
QUEUE = 4096
"""How many clients may wait to be accepted. The kernel may allow fewer."""
REQUEST_S = 10.0
"""How long a client may take to say what kind of worker it needs."""
END_S = 5.0
"""How long workers may take to end when the pool is told to."""
HOME = Path("/")
"""The working folder between jobs, so that no disk is kept from being unmounted."""
CPU, DEVICE = b"c", b"d"
"""The kinds of workers: for one core; for a GPU, or for an engine with large networks."""


@dataclass
class Member:
    """A worker, as the pool sees it.

    Attributes:
        pid: Its process.
        control: The socket between the two.
        place: The GPU that it uses; empty where there is nothing to choose; None without a GPU.
        is_idle: Whether it waits for a job.
    """

    pid: int
    control: socket.socket
    place: str | None
    is_idle: bool = True


class Pool:
    """Accepts clients, and gives each to a worker."""

    def __init__(self, endpoint: Endpoint, listener: socket.socket) -> None:
        """Create a pool.

        Args:
            endpoint: Where the clients find it.
            listener: The listening socket.
        """
        self._endpoint, self._listener = endpoint, listener
        self._package = Package(endpoint.version)
        self._members: dict[int, Member] = {}
        self._waiting: deque[tuple[bytes, socket.socket]] = deque()
        self._new: dict[socket.socket, float] = {}
        self._places = visible_gpus()
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._last = time.monotonic()
        self._told = 0.0

    def run(self) -> None:
        """Serve clients until none came for a while."""
        self._last = time.monotonic() + FIRST_IDLE_S - self._endpoint.limits.idle_s
        while not self._is_over():
            for key, _ in self._selector.select(TICK_S):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.data, Member):
                    self._hear(key.data)
                else:
                    self._read_kind(key.fileobj)  # type: ignore[arg-type]
            self._tick()

    def stop(self) -> None:
        """End all workers, and forget the clients."""
        for pid in self._members:
            _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + END_S
        while self._members and time.monotonic() < deadline:
            for pid in list(self._members):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del self._members[pid]
            time.sleep(0.01)
        for pid in self._members:
            _signal(pid, signal.SIGKILL)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            self._new[connection] = time.monotonic()
            self._selector.register(connection, selectors.EVENT_READ)

    def _read_kind(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._new[connection]
        try:
            kind = connection.recv(1)
        except OSError:
            kind = b""
        if kind not in (CPU, DEVICE) or peer(connection)[1] != os.getuid():
            connection.close()
            return
        self._last = time.monotonic()
        self._waiting.append((kind, connection))
        self._assign()

    def _hear(self, member: Member) -> None:
        """A worker is idle again, or has ended."""
        try:
            said = member.control.recv(1)
        except OSError:
            said = b""
        self._last = time.monotonic()
        if said == IDLE:
            member.is_idle = True
            self._end_largest()
        else:
            self._selector.unregister(member.control)
            member.control.close()
            del self._members[member.pid]
            _, status = os.waitpid(member.pid, 0)
            log.info("worker %d ended, %s", member.pid, os.waitstatus_to_exitcode(status))
        self._assign()

    def _end_largest(self) -> None:
        """End idle workers, the largest first, where all together hold more than they may."""
        held_mb = {pid: anonymous_mb(pid) for pid in self._members}
        over_mb = sum(held_mb.values()) - self._endpoint.limits.total_memory_mb
        for pid in sorted(held_mb, key=lambda pid: held_mb[pid], reverse=True):
            if over_mb > 0 and self._members[pid].is_idle:
                over_mb -= held_mb[pid]
                log.info("worker %d is ended: all hold more than they may", pid)
                self._members[pid].is_idle = False  # it gets no job
                _signal(pid, signal.SIGTERM)

    def _assign(self) -> None:
        """Give clients that wait to workers, in their order; each kind has its own workers."""
        kept: deque[tuple[bytes, socket.socket]] = deque()
        full: set[bytes] = set()
        for kind, connection in self._waiting:  # all of them, which a new worker is to forget
            member = None if kind in full else self._free(kind)
            if member is None:
                full.add(kind)
                kept.append((kind, connection))
                continue
            member.is_idle = False
            with connection, contextlib.suppress(OSError):  # it ended: that is heard next
                socket.send_fds(member.control, [b"j"], [connection.fileno()])
        self._waiting = kept

    def _free(self, kind: bytes) -> Member | None:
        """An idle worker of a kind, a new one if there may be one more, or None."""
        limits = self._endpoint.limits
        places: tuple[str | None, ...] = (None,) if kind == CPU else self._places
        most = limits.workers if kind == CPU else limits.jobs_per_gpu
        members = [member for member in self._members.values() if member.place in places]
        busy = Counter(member.place for member in members if not member.is_idle)
        # The least busy GPU first, and there a worker that has its networks loaded.
        for place in sorted(places, key=lambda place: busy[place]):
            here = [member for member in members if member.place == place]
            idle = next((member for member in here if member.is_idle), None)
            if idle:
                return idle
            if len(here) < most:
                return self._fork(place)
        return None

    def _fork(self, place: str | None) -> Member:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_worker(theirs, place)
        theirs.close()
        member = Member(pid, ours, place)
        self._members[pid] = member
        self._selector.register(ours, selectors.EVENT_READ, member)
        log.info("worker %d begins%s", pid, f", GPU {place}" if place else "")
        return member

    def _become_worker(self, control: socket.socket, place: str | None) -> None:
        """Go on as a worker: forget all that is the pool's. Does not return."""
        code = 1
        try:
            os.setpgid(0, 0)
            self._selector.close()
            for held in (
                self._listener,
                *self._new,
                *(member.control for member in self._members.values()),
                *(connection for _, connection in self._waiting),
            ):
                held.close()
            if place:
                os.environ[VISIBLE] = place
            limits = self._endpoint.limits
            memory_mb = limits.memory_mb if place is None else limits.device_memory_mb
            serve(control, memory_mb, self._package)
            code = 0
        except SystemExit:  # told to end
            code = 0
        except BaseException:
            logging.getLogger(__name__).exception("in a worker")
        finally:
            os._exit(code)

    def _tick(self) -> None:
        now = time.monotonic()
        for connection, since in list(self._new.items()):
            if now - since > REQUEST_S:
                self._selector.unregister(connection)
                del self._new[connection]
                connection.close()
        if now - self._told > TICK_S:
            self._told = now
            for _, connection in self._waiting:
                with contextlib.suppress(OSError):
                    send_frame(connection, ALIVE)

    def _is_over(self) -> bool:
        """Whether the pool has been idle for long enough, and no client is about to start one."""
        is_busy = self._waiting or self._new or not all(m.is_idle for m in self._members.values())
        if is_busy or time.monotonic() - self._last < self._endpoint.limits.idle_s:
            return False
        with self._endpoint.acquire(wait=False) as acquired:
            if acquired:
                log.info("idle for %g s: ending", self._endpoint.limits.idle_s)
                self._endpoint.clear()
            return acquired


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def preload(modules: Iterable[str]) -> None:
    """Import what workers need. A thread would not be there in a fork, so none may be started.

    Args:
        modules: The names of the modules.
    """
    gc.disable()  # looks for it once, when all are imported
    for module in modules:
        importlib.import_module(module)
    gc.enable()
    gc.collect()
    gc.freeze()  # so that workers do not copy it when they look for garbage
    with contextlib.suppress(OSError):
        threads = sum(1 for _ in (PROC / "self/task").iterdir())
        if threads > 1:
            log.warning("%d threads run before the first fork", threads)


def main(endpoint: Endpoint, ready: int) -> None:
    """Run the pool of an endpoint.

    Args:
        endpoint: Where the clients find it.
        ready: A file descriptor. A byte is written to it when the pool listens.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if package_version() != endpoint.version:
        sys.exit(CHANGED)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        # Of a pool that died: the process that starts this one holds the lock.
        endpoint.socket.unlink(missing_ok=True)
        users = os.umask(0o077)
        listener.bind(str(endpoint.socket))
        endpoint.socket.chmod(0o600)
        os.umask(users)  # results have the modes that the user wants
        listener.listen(QUEUE)
        os.chdir(HOME)
        pool = Pool(endpoint, listener)
        signal.signal(signal.SIGTERM, _end)
        log.info("listening, process %d", os.getpid())
        os.write(ready, b".")
        os.close(ready)
        preload(endpoint.limits.preload)
        try:
            pool.run()
        except SystemExit:
            pool.stop()
            endpoint.clear()
            raise


def _end(_number: int, _frame: FrameType | None) -> None:
    """End with an exception at SIGTERM, so that workers end and partial files are removed."""
    sys.exit(1)
