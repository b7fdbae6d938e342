"""Listen for words in a background: see `mouthpiece.stages.background_words`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.stages.background_words import background_words

chosen = snakemake.params.recognizer

with job(snakemake.log[0]):
    background_words(
        background=Path(snakemake.input.background),
        separation=Path(snakemake.input.separation),
        transcript=Path(snakemake.input.transcript),
        settings=recognizer_settings()[chosen["name"]](**chosen["settings"]),
        facts=Path(snakemake.output.facts),
    )
