"""Find a video's cuts: see `mouthpiece.cuts`."""

from pathlib import Path

from mouthpiece.cuts import find
from mouthpiece.job import job
from mouthpiece.settings import Cuts

with job(snakemake.log[0]):
    override = snakemake.input.get("override")
    find(
        mezzanine=Path(snakemake.input.mezzanine),
        boundaries=Path(snakemake.output.boundaries),
        settings=Cuts(**snakemake.params.settings),
        override=Path(override) if override else None,
    )
