"""Find a video's cuts: see `mouthpiece.stages.cuts`."""

from pathlib import Path

from mouthpiece.config.cuts import Cuts
from mouthpiece.core.jobs import job
from mouthpiece.stages.cuts import find

override = snakemake.params.override

with job(snakemake.log[0]):
    find(
        mezzanine=Path(snakemake.input.mezzanine),
        boundaries=Path(snakemake.output.boundaries),
        settings=Cuts(**snakemake.params.settings),
        override=Path(override) if override else None,
        threads=snakemake.threads,
    )
