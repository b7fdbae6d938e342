"""Plan the cuts of a looped film: see `mouthpiece.stages.loop`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.loop import loop

with job(snakemake.log[0]):
    loop(
        boundaries=Path(snakemake.input.boundaries),
        mezzanine=Path(snakemake.input.mezzanine),
        dub=Path(snakemake.input.dub),
        table=Path(snakemake.output.table),
    )
