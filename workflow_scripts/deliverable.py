"""Write a film in another form: see `mouthpiece.stages.deliverable`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.deliverable import FilmFiles, deliverable


def marks():
    """What the file is marked with; None where it is not."""
    if not snakemake.params.marks:
        return None
    from mouthpiece.provenance.requests import marks_of

    return marks_of(snakemake.input, snakemake.params, snakemake.params.original)


with job(snakemake.log[0]):
    deliverable(
        film=FilmFiles(
            mezzanine=Path(snakemake.input.mezzanine),
            delivery=Path(snakemake.input.delivery),
            drafts=[Path(file) for file in snakemake.input.patches],
            facts=Path(snakemake.input.facts),
            sound=Path(snakemake.input.sound),
            web=Path(snakemake.input.web),
        ),
        profile=snakemake.wildcards.profile,
        settings=Delivery(**snakemake.params.settings),
        path=Path(snakemake.output.file),
        facts=Path(snakemake.output.facts),
        marks=marks(),
        threads=snakemake.threads,
    )
