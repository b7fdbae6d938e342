"""Lay a dub over the background of its source: see `mouthpiece.stages.mix`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.config.mix import Mix
from mouthpiece.core.jobs import job
from mouthpiece.stages.mix import Sounds, mix

voice = snakemake.input.get("voice")

with job(snakemake.log[0]):
    mix(
        sounds=Sounds(
            dub=Path(snakemake.input.dub),
            background=Path(snakemake.input.background),
            voice=Path(voice) if voice else None,
            separation=Path(snakemake.input.separation),
        ),
        source=Path(snakemake.input.source),
        policy=snakemake.params.policy,
        delivery=Delivery(**snakemake.params.delivery),
        settings=Mix(**snakemake.params.settings),
        mixed=Path(snakemake.output.mix),
        facts=Path(snakemake.output.facts),
    )
