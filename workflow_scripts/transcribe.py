"""Write down what a source says: see `mouthpiece.stages.transcribe`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.recognition.settings import RecognizerSettings
from mouthpiece.stages.transcribe import TranscribeRequest, transcribe

with job(snakemake.log[0]):
    params = snakemake.params
    recognizer = recognizer_settings().get(params.recognizer, RecognizerSettings)
    transcribe(
        TranscribeRequest(
            film=snakemake.wildcards.video,
            voice=Path(snakemake.input.voice),
            language=params.language,
            speakers=params.speakers,
            script=Path(params.given_script) if params.given_script else None,
            recognizer_name=params.recognizer,
            recognizer=recognizer.model_validate(params.recognizer_settings),
            same_voice=params.settings["same_voice"],
            longest_line_s=params.settings["longest_line_s"],
            doubtful=params.settings["doubtful"],
            transcript=Path(snakemake.output.transcript),
        )
    )
