"""Decode and check a film's dub: see `mouthpiece.stages.dub` and `mouthpiece.stages.preflight`."""

from pathlib import Path

from mouthpiece.core.errors import InputError
from mouthpiece.core.jobs import job
from mouthpiece.core.preflight import problem_of
from mouthpiece.stages.dub import write_dub

with job(snakemake.log[0]):
    if problem := problem_of(Path(snakemake.input.preflight), snakemake.wildcards.language):
        raise InputError(problem)
    write_dub(
        source=Path(snakemake.params.source),
        dub=Path(snakemake.output.dub),
        facts=Path(snakemake.output.facts),
    )
