"""Write a film in another form: see `mouthpiece.stages.deliverable`."""

from pathlib import Path

from marking import marks

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.deliverable import FilmFiles, deliverable

with job(snakemake.log[0]):
    deliverable(
        film=FilmFiles(
            mezzanine=Path(snakemake.input.mezzanine),
            delivery=Path(snakemake.input.delivery),
            drafts=[Path(file) for file in snakemake.input.drafts],
            facts=Path(snakemake.input.facts),
            sound=Path(snakemake.input.sound),
            web=Path(snakemake.input.web),
        ),
        profile=snakemake.wildcards.profile,
        settings=Delivery(**snakemake.params.settings),
        language=snakemake.params.language,
        path=Path(snakemake.output.file),
        facts=Path(snakemake.output.facts),
        threads=snakemake.threads,
    )
