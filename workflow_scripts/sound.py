"""Encode the sound of a film: see `mouthpiece.stages.sound`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.sound import sound

mixed, mix = snakemake.input.get("mixed"), snakemake.input.get("mix")

with job(snakemake.log[0]):
    sound(
        dub=Path(snakemake.input.dub),
        source=Path(snakemake.input.source),
        policy=snakemake.params.policy,
        language=snakemake.params.language,
        track=Path(snakemake.output.track),
        facts=Path(snakemake.output.facts),
        settings=Delivery(**snakemake.params.settings),
        mixed=Path(mixed) if mixed else None,
        mix=Path(mix) if mix else None,
    )
