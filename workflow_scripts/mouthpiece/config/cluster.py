"""Section `cluster`."""

from typing import Annotated

from pydantic import Field

from .section import Section

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.,:-]*$", max_length=128)]


class Cluster(Section):
    """A run on a Slurm cluster (`mouthpiece run --slurm`): see `docs/slurm.md`."""

    partition: Name = ""
    """The partition of jobs without a GPU. Empty: the cluster's default."""
    gpu_partition: Name = ""
    """The partition of jobs with a GPU. Empty: as `partition`."""
    account: Name = ""
    """The account that is charged. Empty: yours by default."""
    qos: Name = ""
    """The quality of service. Empty: the default."""
    reservation: Name = ""
    """The reservation whose nodes are used. Empty: none."""
    comment: Annotated[str, Field(pattern=r"^[A-Za-z0-9 _.,:;=@/+-]*$", max_length=256)] = ""
    """The comment of the jobs, for the cluster's accounting. Empty: rule, video and shard."""
    constraint: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.,:&|()*\[\]-]*$", max_length=128)] = ""
    """The features that a node must have. Empty: any node."""
    shard_minutes: Annotated[float, Field(gt=0, le=1440)] = 30.0
    """How much work a job of cuts (a shard) has, in minutes of one core, or of the GPU where one
    draws. A film with less work in all is one job."""
    cores: Annotated[int, Field(ge=1, le=256)] = 4
    """How many cores a job uses; fewer where the largest node of its partition has fewer."""
    mem_mb: Annotated[int, Field(ge=0, le=4_000_000)] = 0
    """The memory of a job at its first attempt, in MB. 0: 2000 a core, or what its largest stage
    needs."""
    minutes: Annotated[int, Field(ge=0, le=100_000)] = 0
    """The time limit of a job at its first attempt. 0: by its work, and at most its partition's."""
