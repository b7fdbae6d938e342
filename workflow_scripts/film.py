"""Join and mux a film: see `mouthpiece.stages.film`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.film import film

sound, mix = snakemake.input.get("sound"), snakemake.input.get("mix")

with job(snakemake.log[0]):
    film(
        mezzanine=Path(snakemake.input.mezzanine),
        delivery=Path(snakemake.input.delivery),
        originals=[Path(file) for file in snakemake.input.originals],
        lipsynced=[Path(file) for file in snakemake.input.lipsynced],
        drafts=[Path(file) for file in snakemake.input.drafts],
        dub=Path(snakemake.input.dub),
        policy=snakemake.params.policy,
        language=snakemake.params.language,
        master=Path(snakemake.output.master),
        facts=Path(snakemake.output.facts),
        settings=Delivery(**snakemake.params.settings),
        sound=Path(sound) if sound else None,
        mix=Path(mix) if mix else None,
        threads=snakemake.threads,
    )
