"""Make a dub's 16 kHz speech: see `mouthpiece.speech`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.speech import write_speech

with job(snakemake.log[0]):
    write_speech(dub=Path(snakemake.input.dub), speech=Path(snakemake.output.speech))
