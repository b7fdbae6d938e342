"""Decode a film's dub: see `mouthpiece.stages.dub`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.dub import write_dub

with job(snakemake.log[0]):
    write_dub(
        source=Path(snakemake.params.source),
        dub=Path(snakemake.output.dub),
        facts=Path(snakemake.output.facts),
    )
