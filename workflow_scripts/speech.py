"""Write a sound track as speech: see `mouthpiece.stages.speech`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.speech import write_speech

with job(snakemake.log[0]):
    write_speech(sound=Path(snakemake.input.sound), speech=Path(snakemake.output.speech))
