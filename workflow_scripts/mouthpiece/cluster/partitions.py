"""The partitions of a Slurm cluster: what their nodes have, and what they allow."""

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.errors import InputError

SINFO = ("sinfo", "--noheader", "--Node", "--format=%P|%c|%m|%G|%l|%a")
"""Asks for each node of each partition: cores, memory, resources, time limit, availability."""

ANSWER_S = 30.0
"""How long Slurm may take to answer."""

UNLIMITED = 1 << 30


@dataclass(frozen=True)
class Partition:
    """A partition.

    Attributes:
        name: Its name.
        is_default: Whether jobs that name none get it.
        cores: How many cores its largest node has.
        mem_mb: How much memory its largest node has.
        gpus: How many GPUs one of its nodes has at most.
        minutes: Its time limit.
        is_up: Whether it takes jobs.
    """

    name: str
    is_default: bool
    cores: int
    mem_mb: int
    gpus: int
    minutes: int
    is_up: bool


def ask(command: Sequence[str]) -> str:
    """Run one of Slurm's commands that only ask.

    Args:
        command: Its words.

    Returns:
        What it wrote.

    Raises:
        InputError: There is no such command, or the cluster does not answer.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ANSWER_S, check=True, errors="replace"
        )
    except FileNotFoundError:
        raise InputError(
            f"{command[0]}: there is no such command: this is no machine of a Slurm cluster; run "
            "without --slurm, or on a login node"
        ) from None
    except subprocess.TimeoutExpired:
        raise InputError(f"{command[0]}: the cluster did not answer in {ANSWER_S:.0f} s") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError(f"{command[0]}: the cluster does not answer: {said}") from None
    return done.stdout


def read_partitions() -> list[Partition]:
    """Ask a cluster for its partitions.

    Returns:
        The partitions.

    Raises:
        InputError: There is no cluster here.
    """
    return parse_partitions(ask(SINFO))


def parse_partitions(text: str) -> list[Partition]:
    """Read what `SINFO` writes.

    Args:
        text: A line for each node of each partition.

    Returns:
        The partitions, in the order of their names.
    """
    nodes: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        name, *values = line.strip().split("|")
        if len(values) == 5:
            nodes.setdefault(name, []).append(values)
    return [_partition(name, values) for name, values in sorted(nodes.items())]


def choose(partitions: Iterable[Partition], name: str, key: str) -> list[Partition]:
    """Find the partitions that a job may run in.

    Args:
        partitions: Those of the cluster.
        name: A partition's name, or several with commas between; empty: the default one.
        key: Where the name is from, for the message.

    Returns:
        Those of them that take jobs, in the order of their names in `name`.

    Raises:
        InputError: There is none, or none takes jobs.
    """
    known = {partition.name: partition for partition in partitions}
    default = [n for n, one in known.items() if one.is_default]
    names = list(dict.fromkeys(name.split(","))) if name else default
    if not names:
        raise InputError(
            f"the cluster has no default partition; choose one by {key}: {', '.join(known)}"
        )
    if missing := [name for name in names if name not in known]:
        raise InputError(f"{key}: no partition {missing[0]!r}; there are {', '.join(known)}")
    up = [known[name] for name in names if known[name].is_up]
    if not up:
        raise InputError(f"{key}: the partition {name or names[0]} is down; choose another one")
    return up


def minutes_of(limit: str) -> int:
    """Read a time limit of Slurm's.

    Args:
        limit: Such as "1-00:00:00", "30:00" or "infinite".

    Returns:
        Minutes, rounded down; `UNLIMITED` where there is none.
    """
    found = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", limit)
    if not found:
        return UNLIMITED
    days, hours, minutes, _ = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 60 + minutes


def gpus_of(gres: str) -> int:
    """Read how many GPUs a node has.

    Args:
        gres: Its generic resources, such as "gpu:a100:4(S:0-1),gpu:v100:2".

    Returns:
        The number.
    """
    found = re.findall(r"(?:^|,)gpu(?::[^:,(]+)?:(\d+)", gres)
    return sum(map(int, found))


def _partition(name: str, nodes: Sequence[Sequence[str]]) -> Partition:
    cores, memory, gres, limits, states = zip(*nodes, strict=True)
    return Partition(
        name.removesuffix("*"),
        is_default=name.endswith("*"),
        cores=max(map(_number, cores)),
        mem_mb=max(map(_number, memory)),
        gpus=max(map(gpus_of, gres)),
        minutes=max(map(minutes_of, limits)),
        is_up="up" in states,
    )


def _number(text: str) -> int:
    """A number of sinfo's, which a "+" may follow."""
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0
