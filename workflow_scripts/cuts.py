"""Find a video's cuts: see `mouthpiece.stages.cuts`."""

from pathlib import Path

from mouthpiece.config.cuts import Cuts
from mouthpiece.config.guard import Guard
from mouthpiece.core.jobs import job
from mouthpiece.stages.cuts import find

override, guard = snakemake.params.override, snakemake.params.guard

with job(snakemake.log[0]):
    find(
        mezzanine=Path(snakemake.input.mezzanine),
        boundaries=Path(snakemake.output.boundaries),
        settings=Cuts(**snakemake.params.settings),
        override=Path(override) if override else None,
        threads=snakemake.threads,
        guard=Guard(**guard) if guard else None,
    )
