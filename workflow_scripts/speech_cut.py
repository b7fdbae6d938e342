"""Slice the speech of a cut: see `mouthpiece.audio.slices`."""

from pathlib import Path

from mouthpiece.audio.slices import write_slice
from mouthpiece.core.jobs import job
from mouthpiece.media.mezzanine import cut_clock

with job(snakemake.log[0]):
    write_slice(
        speech=Path(snakemake.input.speech),
        clock=cut_clock(Path(snakemake.input.mezzanine), snakemake.wildcards.cut),
        path=Path(snakemake.output.speech),
    )
