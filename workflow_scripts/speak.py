"""Speak the lines of a film's script: see `mouthpiece.stages.speak`."""

from pathlib import Path

from mouthpiece.config.fit import Fit
from mouthpiece.core.jobs import job
from mouthpiece.stages.speak import Chosen, SpeakRequest, speak

with job(snakemake.log[0]):
    params = snakemake.params
    request = SpeakRequest(
        script=Path(snakemake.input.script),
        transcript=Path(snakemake.input.transcript),
        facts=Path(snakemake.input.facts),
        language=params.language,
        synthesizers=[
            Chosen(name, params.settings[name], version)
            for name, version in params.versions.items()
        ],
        voices=params.voices,
        named_speakers=params.named_speakers,
        recordings={line: Path(path) for line, path in params.recordings.items()},
        fit=Fit(**params.fit),
        loops=params.loops,
        code={"code": params.code, "packages": params.packages},
        takes=Path(snakemake.output.takes),
    )
    speak(request)
