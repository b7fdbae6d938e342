"""Slice the speech of a cut: see `mouthpiece.speech`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.speech import write_slice

with job(snakemake.log[0]):
    write_slice(
        speech=Path(snakemake.input.speech),
        clock=cut_clock(Path(snakemake.input.mezzanine), snakemake.wildcards.cut),
        path=Path(snakemake.output.speech),
    )
