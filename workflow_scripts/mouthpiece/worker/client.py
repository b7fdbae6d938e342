"""The command of a rule's job: it hands the job to the pool of workers, and waits.

It is run as a file by `python -I -S`, for each job of each cut, so it imports next to nothing: the
library, NumPy and the networks are in the workers. Only it gives the outputs their final names. So
what a worker writes for a job that was killed never becomes a result. See docs/worker.md.

Usage: client.py SOCKET POOL TRIES KIND WORD..., where SOCKET is the pool's, or - for none, POOL
describes the pool (`endpoint.Endpoint`), TRIES counts how often the job was sent, KIND is the kind
of worker, and the WORDs describe the job (`rule_job.RuleJob`). A - in their place: each is a line
of the standard input, since the kernel takes 128 KB of a command.
"""

import _socket  # `socket` imports more, which takes 8 ms of the 20 that this process costs
import os
import sys
import time

TYPE_CHECKING = False  # typing takes 10 ms to import
if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_BYTES = 5
"""A frame is its kind (a letter), the length of its data (4 bytes, big-endian) and the data."""
LIMIT_BYTES = 1 << 26
"""The longest data of a frame."""
BEGUN, ALIVE, TEXT, RENAME, EXIT = b"B", b".", b"T", b"R", b"E"
"""The frames that a worker sends: its process id; that it is at work; text for stderr; pairs of
temporary and final names, each ended by a NUL; the exit code."""
LOOK_S = 5.0
"""How often a client looks whether a worker that says nothing is stopped."""
STOPPED_LOOKS = 2
"""How many times in turn it must find it stopped."""
SILENT_LOOKS = 24
"""How many times in turn the worker may have said nothing."""
OWN = "own"
"""The kind of worker of a job that needs a process of its own: it waits for others, and reads keys
from its environment, which a worker has from whoever started the pool."""
LINES = "-"
"""In place of a job's words: they come by the standard input, a line each."""
OWN_WORDS = 5
"""How many words of `alone` come before those of the job."""
MOST_TRIES = 3
"""How often a job is sent to a pool. After that it is done without one."""
WAIT_S, MOST_WAITS = 0.05, 2400
"""How long a client waits before it tries again to connect, and how often it does."""
SO_PEERCRED = 17
"""Linux's number of this option, which `_socket` lacks on other systems."""
CREDENTIALS_BYTES = 12
"""The length of the kernel's `struct ucred`: process, user and group."""


class LostError(Exception):
    """The connection ended, or the worker hangs."""


class StrangerError(Exception):
    """The process that listens belongs to another user."""


def main(words: "list[str]", alone: "Callable[[list[str]], int]") -> int:
    """Run a job in a worker; without one where there is none.

    Args:
        words: The command line, without the program.
        alone: Does what a client cannot; see `alone.main`.

    Returns:
        The exit code.
    """
    path, pool, tries, kind, *job = words
    if path == "-" or kind == OWN or int(tries) >= MOST_TRIES:
        return alone(["run", *words])
    pid, begun = 0, False
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.settimeout(LOOK_S)
    try:
        try:
            connect(connection, path)
        except (FileNotFoundError, ConnectionRefusedError):
            return alone(["start", *words])
        pid = _peer(connection)
        data = "\0".join([os.getcwd(), *job]).encode("utf-8", "surrogateescape")
        connection.sendall(kind[:1].encode() + len(data).to_bytes(4, "big") + data)
        while True:
            letter, data = _receive(connection, pid)
            if letter == BEGUN:
                pid, begun = int(data), True
            elif letter == TEXT:
                sys.stderr.write(data.decode("utf-8", "replace"))
            elif letter == EXIT:
                return int(data)
            elif letter == RENAME:
                names = data.decode("utf-8", "surrogateescape").split("\0")
                for temporary, final in zip(names[0::2], names[1::2]):  # noqa: B905
                    os.replace(temporary, final)
                return 0
    except StrangerError as stranger:
        sys.stderr.write(f"mouthpiece: {stranger}; this job is done without a worker\n")
        return alone(["run", *words])
    except TimeoutError:  # while it connects or sends
        _kill(pid)
        reason = "the pool of workers hangs"
    except LostError as lost:
        if str(lost):
            _kill(pid)
            reason = f"the worker, process {pid}, {lost}"
        elif begun:
            return alone(["killed", *words])
        else:
            reason = "the pool of workers ended before it began this job"
    except OSError as error:
        # This process was stopped for so long that the worker gave it up.
        if begun and isinstance(error, FileNotFoundError):
            reason = "the worker removed the results"
        elif begun:
            sys.stderr.write(f"mouthpiece: the outputs cannot be renamed: {error}\n")
            return 1
        else:
            reason = "the pool of workers ended before it began this job"
    finally:
        connection.close()
    sys.stderr.write(f"mouthpiece: {reason}; this job is done again\n")
    return main([path, pool, str(int(tries) + 1), kind, *job], alone)


def connect(connection: _socket.socket, path: str, waits: int = MOST_WAITS) -> None:
    """Connect. While too many others wait for that, the kernel refuses at once.

    Args:
        connection: A Unix socket with a time limit.
        path: Where the pool listens.
        waits: How often to try.

    Raises:
        TimeoutError: There is still no room.
        OSError: Nobody listens.
    """
    for _ in range(waits):
        try:
            return connection.connect(path)
        except BlockingIOError:
            time.sleep(WAIT_S)
    raise TimeoutError


def _receive(connection: _socket.socket, pid: int) -> "tuple[bytes, bytes]":
    """Wait for a frame. The worker sends one every few seconds, unless it hangs."""
    head = _read(connection, HEADER_BYTES, pid)
    length = int.from_bytes(head[1:], "big")
    if length > LIMIT_BYTES:
        raise LostError(f"sent a message of {length} bytes")
    return head[:1], _read(connection, length, pid)


def _read(connection: _socket.socket, count: int, pid: int) -> bytes:
    # Looks are counted, not seconds: a machine that was suspended has seen none of either side.
    data, silent, stopped = b"", 0, 0
    while len(data) < count:
        try:
            part = connection.recv(count - len(data))
        except TimeoutError:
            silent += 1
            stopped = stopped + 1 if _is_stopped(pid) else 0
            if stopped == STOPPED_LOOKS:
                raise LostError("is stopped") from None
            if silent == SILENT_LOOKS:
                raise LostError(f"has said nothing for {silent * LOOK_S:g} s") from None
            continue
        except OSError:
            raise LostError from None
        if not part:
            raise LostError
        data += part
    return data


def _peer(connection: _socket.socket) -> int:
    """The process that listens; it must be of the same user."""
    pid, user = peer(connection)
    if user != os.getuid():
        raise StrangerError(f"the pool's socket belongs to user {user}")
    if not pid:
        raise StrangerError("the pool's socket belongs to another container")
    return pid


def peer(connection: _socket.socket) -> "tuple[int, int]":
    """Ask the kernel for the process at the other end of a socket.

    Args:
        connection: A connected Unix socket.

    Returns:
        Its process id and user id.
    """
    found = connection.getsockopt(_socket.SOL_SOCKET, SO_PEERCRED, CREDENTIALS_BYTES)
    pid, user = (int.from_bytes(found[at : at + 4], sys.byteorder) for at in (0, 4))
    return pid, user


def _is_stopped(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # pathlib takes 10 ms to import
            return file.read().rpartition(b")")[2].split()[0] in (b"T", b"t")
    except (OSError, IndexError):
        return False


def _kill(pid: int) -> None:
    """Kill a worker with the programs that it runs. The workers of a pool end by themselves."""
    if pid <= 1:  # 0 would be this process's own group
        return
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, 9)
        except OSError:
            pass  # contextlib takes 4 ms to import


def given_words(words: "list[str]") -> "list[str]":
    """Read the words of a command line, and those that come by lines.

    Args:
        words: The command line, without the program.

    Returns:
        All words.
    """
    if words[-1:] != [LINES]:
        return words
    lines = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").removesuffix("\n")
    return [*words[:-1], *lines.split("\n")]


def _become(words: "list[str]") -> int:
    """Become a process that has the library: it runs the job, or starts the pool."""
    library = os.path.abspath(__file__).rsplit(os.sep, 3)[0]
    others = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([library, others] if others else [library])
    sys.stderr.flush()
    head, job = words[:OWN_WORDS], words[OWN_WORDS:]
    memory = os.memfd_create("words")
    with open(memory, "wb", closefd=False) as file:
        file.write("\n".join(job).encode("utf-8", "surrogateescape"))
    os.lseek(memory, 0, os.SEEK_SET)
    os.dup2(memory, sys.stdin.fileno())
    os.execv(sys.executable, [sys.executable, "-m", "mouthpiece.worker.alone", *head, LINES])


if __name__ == "__main__":
    sys.exit(main(given_words(sys.argv[1:]), _become))
