"""Join and mux a film: see `mouthpiece.stages.film`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.film import SoundTrack, film

with job(snakemake.log[0]):
    film(
        mezzanine=Path(snakemake.input.mezzanine),
        delivery=Path(snakemake.input.delivery),
        originals=[Path(file) for file in snakemake.input.originals],
        lipsynced=[Path(file) for file in snakemake.input.lipsynced],
        drafts=[Path(file) for file in snakemake.input.drafts],
        language=snakemake.params.language,
        master=Path(snakemake.output.master),
        facts=Path(snakemake.output.facts),
        settings=Delivery(**snakemake.params.settings),
        sound=SoundTrack(
            track=Path(snakemake.input.track),
            facts=Path(snakemake.input.sound),
            heard=Path(snakemake.input.heard),
        ),
        threads=snakemake.threads,
    )
