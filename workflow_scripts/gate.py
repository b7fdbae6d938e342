"""Decide what is delivered of each cut of a film: see `mouthpiece.stages.gate`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.gate import gate, judge_film

with job(snakemake.log[0]):
    judged = judge_film(dict(snakemake.input.items()), dict(snakemake.params.items()))
    gate(judged, snakemake.params.max_fault_share, Path(snakemake.output.delivery))
