"""Join and mux a film: see `mouthpiece.deliver`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.project.tables import tag_of
from mouthpiece.stages.film import film

with job(snakemake.log[0]):
    film(
        mezzanine=Path(snakemake.input.mezzanine),
        table=Path(snakemake.input.table),
        originals=[Path(file) for file in snakemake.input.originals],
        lipsynced=[Path(file) for file in snakemake.input.lipsynced],
        drafts=[Path(file) for file in snakemake.input.drafts],
        dub=Path(snakemake.input.dub),
        policy=snakemake.params.policy,
        language=tag_of(snakemake.wildcards.language),
        path=Path(snakemake.output.film),
        settings=Delivery(**snakemake.params.settings),
        threads=snakemake.threads,
    )
