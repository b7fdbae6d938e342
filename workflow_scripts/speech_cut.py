"""Write a cut's part of the speech: see `mouthpiece.stages.speech_cut`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.speech_cut import slice_speech

with job(snakemake.log[0]):
    slice_speech(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        speech=Path(snakemake.input.speech),
        part=Path(snakemake.output.speech),
    )
