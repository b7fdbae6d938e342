"""A real Slurm of seven nodes on this machine, in a folder of its own, as long as tests need it.

    python tests/e2e/slurm_cluster.py    starts one, and says how to use it; SIGTERM ends it

It needs root, and Debian's packages `slurm-wlm` and `munge`.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")

CLIENTS = ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")

SHARED_NODES = ("n1", "n2", "n3", "n4")
NODES = (*SHARED_NODES, "n5", "n6", "n7")

CONF = """
ClusterName=mouthpiece
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_min_interval=50000
SlurmdParameters=config_overrides
MinJobAge=3600
KillWait=2
MessageTimeout=60
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PropagateResourceLimits=NONE
ReturnToService=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
{nodes}
PartitionName=cpu Nodes={names} Default=YES MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=second Nodes=n2 MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=alone Nodes=n5,n6 MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=lost Nodes=n7 MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=brief Nodes=n5,n6 MaxTime=0:05:00 State=UP PriorityTier=1
PartitionName=gpu Nodes=n5,n6 MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=urgent Nodes={names} MaxTime=1:00:00 State=UP PriorityTier=10
"""
"""The partition `urgent` preempts the jobs of `cpu` and `second`, which go back into the queue.
There is no GPU, though docs/slurm.md has a partition of that name.

A node that is set DOWN stays so until it is resumed: with ReturnToService=2 it would come back when
it registers next, which is at once or in half an hour, as Slurm's turn of registrations has it."""

NODE = (
    "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=2 Boards=1 "
    "SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=16000 State=UNKNOWN"
)


def missing() -> str:
    """Why no cluster can be started here; empty: one can."""
    if os.getuid():
        return "needs root to start a Slurm of its own"
    absent = [name for name in PROGRAMS if not shutil.which(name, path=_path())]
    return f"needs Slurm (apt install slurm-wlm munge): there is no {absent[0]}" if absent else ""


@contextlib.contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Run a cluster; yields what the environment of its clients has."""
    with tempfile.TemporaryDirectory(prefix="slurm") as name:  # which munged must be able to enter
        folder = Path(name)
        folder.chmod(0o755)
        with _running(folder) as environment:
            yield environment


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[dict[str, str]]:
    (folder / "state").mkdir()
    conf = _configure(folder)
    environment = {"SLURM_CONF": str(conf), "PATH": f"{folder / 'bin'}:{_path()}"}
    started = []
    try:
        munged = ["munged", "--foreground", "--force", f"--socket={folder}/munge.socket"]
        munged += [f"--key-file={folder}/munge.key", f"--seed-file={folder}/seed"]
        munged += [f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log"]
        started.append(_start(munged, environment))
        _until(lambda: (folder / "munge.socket").exists(), "munged")
        started.append(_start(["slurmctld", "-D", "-c"], environment))
        for name in NODES:
            (folder / f"spool.{name}").mkdir()
            started.append(_start(["slurmd", "-D", "-N", name], environment))
        _until(lambda: _idle(environment) == len(NODES), f"Slurm; see the logs in {folder}")
        yield environment
    finally:
        if started:
            subprocess.run(
                ["scancel", "--user", "root"], env=os.environ | environment,
                capture_output=True, check=False, timeout=30,
            )  # fmt: skip
            time.sleep(0.5)
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
        for process in reversed(started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        _kill_jobs(folder)


def _kill_jobs(folder: Path) -> None:
    """End what is left of jobs: without control groups, Slurm does not find all their processes."""
    mark = f"SLURM_CONF={folder}/".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes() and int(environment.parent.name) != os.getpid():
                os.kill(int(environment.parent.name), signal.SIGKILL)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _configure(folder: Path) -> Path:
    """Write the configuration, and clients that find it in every environment.

    The executor plugin takes all variables of Slurm's out of the environment of a job's steps.
    """
    key = folder / "munge.key"
    key.touch(0o600)
    key.write_bytes(os.urandom(128))
    host = socket.gethostname().partition(".")[0]
    controller, *ports = _free_ports(1 + len(NODES))
    nodes = [
        NODE.format(name=name, host=host, port=port)
        for name, port in zip(NODES, ports, strict=True)
    ]
    conf = folder / "slurm.conf"
    conf.write_text(
        CONF.format(
            folder=folder, host=host, controller=controller, nodes="\n".join(nodes),
            names=",".join(SHARED_NODES),
        )
    )  # fmt: skip
    # Of 22.05; loaded and not used. Later versions know how to do without.
    (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
    if " 22." not in subprocess.check_output(["slurmd", "-V"], text=True, env={"PATH": _path()}):
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
    (folder / "bin").mkdir()
    for name in CLIENTS:
        client = folder / "bin" / name
        real = shutil.which(name, path=_path())
        client.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {real} "$@"\n')
        client.chmod(0o755)
    return conf


def _free_ports(number: int) -> list[int]:
    """Ports that nobody uses, below those that the kernel gives to others meanwhile."""
    found: list[int] = []
    for port in random.sample(range(20_000, 32_000), 1000):
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("", port))
            found.append(port)
        if len(found) == number:
            return found
    raise OSError("no free ports")


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command, env=os.environ | environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=_unblocked,
    )  # fmt: skip


def _unblocked() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _idle(environment: dict[str, str]) -> int:
    done = subprocess.run(
        ["sinfo", "--noheader", "--Node", "--states=idle", "--format=%N"],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return len(set(done.stdout.split()))


def _until(ready, what: str, limit_s: float = 180) -> None:
    deadline = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not start in {limit_s:.0f} s")
        time.sleep(0.1)


if __name__ == "__main__":
    ends = {signal.SIGINT, signal.SIGTERM}
    for number in ends:
        signal.signal(number, signal.SIG_DFL)  # a shell lets what it runs beside it ignore SIGINT
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with cluster() as found:
        for name, value in found.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        signal.sigwait(ends)
