"""The partitions of a cluster, as `sinfo` lists them."""

import pytest

from mouthpiece.cluster.partitions import (
    UNLIMITED,
    ask,
    choose,
    gpus_of,
    minutes_of,
    parse_partitions,
)
from mouthpiece.core.errors import InputError

SINFO = """\
cpu*|4|8000|(null)|1:00:00|up
cpu*|8|16000|gpu:a100:2|1:00:00|up
gpu|8|16000|gpu:a100:2(S:0-1)|2-00:00:00|up
night|64+|512000+|(null)|infinite|down
"""


def test_the_largest_node_of_a_partition_counts() -> None:
    cpu, gpu, night = parse_partitions(SINFO)
    assert (cpu.name, cpu.is_default, cpu.cores, cpu.mem_mb, cpu.gpus, cpu.minutes) == (
        *("cpu", True, 8, 16000, 2, 60),
    )
    assert (gpu.is_default, gpu.minutes) == (False, 2880)
    assert (night.cores, night.minutes, night.is_up) == (64, UNLIMITED, False)


@pytest.mark.parametrize(
    ("limit", "minutes"), [("30:00", 30), ("1-00:00:00", 1440), ("infinite", UNLIMITED)]
)
def test_time_limits(limit: str, minutes: int) -> None:
    assert minutes_of(limit) == minutes


@pytest.mark.parametrize(
    ("gres", "gpus"),
    [("(null)", 0), ("gpu:4", 4), ("gpu:a100:4(S:0-1),gpu:v100:2", 6), ("shard:8,gpu:1", 1)],
)
def test_gpus(gres: str, gpus: int) -> None:
    assert gpus_of(gres) == gpus


def test_a_partition_is_chosen() -> None:
    partitions = parse_partitions(SINFO)
    assert [one.minutes for one in choose(partitions, "", "key")] == [60]
    several = choose(partitions, "gpu,night,cpu,gpu", "key")
    assert [one.name for one in several] == ["gpu", "cpu"]
    with pytest.raises(
        InputError, match=r"cluster.partition: no partition 'gp'; there are cpu, gp"
    ):
        choose(partitions, "gp", "cluster.partition")
    with pytest.raises(InputError, match="the partition night is down"):
        choose(partitions, "night", "key")
    with pytest.raises(InputError, match="has no default partition; choose one by key: gpu"):
        choose(partitions[1:2], "", "key")


def test_a_machine_without_slurm_is_told_plainly() -> None:
    with pytest.raises(InputError, match="no machine of a Slurm cluster; run without --slurm"):
        ask(["no-such-command-of-slurm"])
    with pytest.raises(InputError, match="the cluster does not answer: no controller"):
        ask(["sh", "-c", "echo no controller >&2; exit 1"])
