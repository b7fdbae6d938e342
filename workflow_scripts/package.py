"""Make a film's deliverable: see `mouthpiece.stages.package`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.package import package

with job(snakemake.log[0]):
    package(
        master=Path(snakemake.input.master),
        path=Path(snakemake.output.film),
        profile=snakemake.params.profile,
    )
