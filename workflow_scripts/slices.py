"""Write the parts of the speech that cuts hear: see `mouthpiece.stages.slices`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.slices import write_slices

with job(snakemake.log[0]):
    write_slices(
        mezzanine=Path(snakemake.input.mezzanine),
        boundaries=Path(snakemake.input.boundaries),
        speech=Path(snakemake.input.speech),
        index=Path(snakemake.output.listing),
    )
