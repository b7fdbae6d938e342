"""Separate the voice of a source: see `mouthpiece.stages.separate`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.separation.registry import separator_settings
from mouthpiece.separation.settings import SeparatorSettings
from mouthpiece.stages.separate import SeparateRequest, separate

with job(snakemake.log[0]):
    params, output = snakemake.params, snakemake.output
    chosen = separator_settings().get(params.separator, SeparatorSettings)
    separate(
        SeparateRequest(
            source=Path(snakemake.input.sound),
            separator=params.separator,
            settings=chosen.model_validate(params.settings),
            given=Path(params.given) if params.given else None,
            voice=Path(output.voice),
            background=Path(output.background),
            facts=Path(output.facts),
        )
    )
