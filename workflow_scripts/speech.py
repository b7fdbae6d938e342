"""Make a dub's 16 kHz speech: see `mouthpiece.speech`."""

from pathlib import Path

from mouthpiece.audio.speech import write_speech
from mouthpiece.core.jobs import job

with job(snakemake.log[0]):
    write_speech(dub=Path(snakemake.input.dub), speech=Path(snakemake.output.speech))
