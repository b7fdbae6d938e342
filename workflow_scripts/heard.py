"""Hear the takes of a film: see `mouthpiece.stages.heard`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.stages.heard import Listening, heard

chosen = snakemake.params.recognizer

with job(snakemake.log[0]):
    heard(
        takes=Path(snakemake.input.takes),
        script=Path(snakemake.input.script),
        listening=Listening(
            language=snakemake.params.language,
            settings=recognizer_settings()[chosen["name"]](**chosen["settings"]),
            version=snakemake.params.version,
        ),
        facts=Path(snakemake.output.facts),
    )
