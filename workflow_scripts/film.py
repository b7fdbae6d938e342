"""Join and mux a film: see `mouthpiece.deliver`."""

from pathlib import Path

from mouthpiece.deliver import film
from mouthpiece.job import job
from mouthpiece.settings import Delivery
from mouthpiece.tables import tag_of

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
