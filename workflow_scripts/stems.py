"""Write the stems of a film: see `mouthpiece.stages.stems`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.stems import stems


def marks():
    """What the files are marked with; None where they are not."""
    if not snakemake.params.marks:
        return None
    from mouthpiece.provenance.requests import marks_of

    return marks_of(snakemake.input, snakemake.params, snakemake.params.original)


with job(snakemake.log[0]):
    given = snakemake.input
    stems(
        mix=Path(given.mix),
        dialogue=Path(given.dialogue) if given.dialogue else None,
        background=Path(given.background) if given.background else None,
        film=Path(given.facts),
        source=Path(given.source),
        form=snakemake.params.form,
        name=f"{snakemake.wildcards.video}.{snakemake.wildcards.language}",
        folder=Path(snakemake.output.folder),
        facts=Path(snakemake.output.facts),
        marks=marks(),
    )
