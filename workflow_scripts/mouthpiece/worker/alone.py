"""A job of a rule in a process of its own, and the start of a pool. For `client`, not for users.

Usage: python -m mouthpiece.worker.alone MODE SOCKET POOL TRIES KIND WORD..., where MODE is `run`,
`start` (start the pool, and become its client) or `killed` (write what becomes of a job whose
worker was killed), and the others are those of `client`, which may come by lines, too.
"""

import contextlib
import dataclasses
import errno
import os
import select
import socket
import subprocess
import sys
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.faults import JobFault
from ..core.paths import PACKAGE
from . import client
from .endpoint import ONE_THREAD, START_LIMIT_S, Endpoint
from .rule_job import RuleJob

KILLED = "its worker was killed, or memory ran out"
"""What is known of a job whose worker is gone."""


def main(words: list[str]) -> int:
    """Run a job, or start the pool for it.

    Args:
        words: The command line, without the program.

    Returns:
        The exit code.
    """
    mode, _, pool, _, _, *job = words
    try:
        if mode == "start":
            start(Endpoint.parse(pool))
            return client.main(words[1:], main)
        found = RuleJob.parse(job)
        if mode == "run":
            run(found)
        else:
            _killed(found, Endpoint.parse(pool))
    except (InputError, Fault) as error:
        sys.stderr.write(f"mouthpiece: {error}\n")
        with contextlib.suppress(Fault):  # the words may be what is wrong
            RuleJob.parse(job).log_error(str(error))
        return 1
    return 0


def run(job: RuleJob) -> None:
    """Run a job in this process.

    Args:
        job: The job.

    Raises:
        SystemExit: It failed, or gave up; see `runner.run_rule_job`.
    """
    os.environ.update(ONE_THREAD)  # before NumPy is imported
    from ..engines.registry import create_engine
    from .runner import run_rule_job

    run_rule_job(dataclasses.replace(job, create_engine=create_engine))


def _killed(job: RuleJob, endpoint: Endpoint) -> None:
    """Fail, or, where the job may give up, let its script do so."""
    if not job.is_cut_job:
        raise Fault(f"the job failed: {KILLED}; {endpoint.log_excerpt}")
    fault = JobFault(job.rule, "Killed", KILLED)
    run(dataclasses.replace(job, fault=fault, is_watched=True))


def start(endpoint: Endpoint) -> None:
    """Start a pool unless it listens, and wait until it does. It inherits no file or terminal.

    Args:
        endpoint: Where its clients find it.

    Raises:
        Fault: It does not listen.
    """
    with endpoint.acquire():
        if not _listens(endpoint.socket):
            _start(endpoint)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        # Again: so many wait to be accepted that there is no room for one more.
        return connection.connect_ex(str(path)) in (0, errno.EAGAIN)


def _start(endpoint: Endpoint) -> None:
    reader, writer = os.pipe()
    try:
        with endpoint.log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", str(__package__), endpoint.text, str(writer)],
                env=os.environ | ONE_THREAD,
                cwd=PACKAGE.parent,  # so that it imports this copy of the library
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(writer,),
                start_new_session=True,
            )
        os.close(writer)
        writer = -1
        listening, _, _ = select.select([reader], [], [], START_LIMIT_S)
        if not listening:
            problem = f"does not listen after {START_LIMIT_S:g} s"
        elif os.read(reader, 1):
            process.wait()  # it has already forked, and its child is the pool
            return
        else:
            problem = "ended at once"
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)
    raise Fault(
        f"the pool of workers {problem}; set worker.mode to off to run without one; "
        f"{endpoint.log_excerpt}"
    )


if __name__ == "__main__":
    sys.exit(main(client.given_words(sys.argv[1:])))
