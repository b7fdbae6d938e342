"""Write the parts of the speech that cuts hear: see `mouthpiece.stages.slices`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.slices import write_slices

loop = snakemake.input.get("loop")

with job(snakemake.log[0]):
    write_slices(
        mezzanine=Path(snakemake.input.mezzanine),
        boundaries=Path(snakemake.input.boundaries),
        loop=Path(loop) if loop else None,
        speech=Path(snakemake.input.speech),
        index=Path(snakemake.output.listing),
    )
