"""List the cuts of a video that may be redrawn: see `mouthpiece.stages.faces`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.scorers.settings import SpeakingLimits
from mouthpiece.stages.faces import list_faces

with job(snakemake.log[0]):
    list_faces(
        boundaries=Path(snakemake.input.boundaries),
        guards=[Path(file) for file in snakemake.input.guards],
        table=Path(snakemake.output.table),
        sync=Path(snakemake.output.sync),
        scorer=snakemake.params.scorer,
        limits=SpeakingLimits.model_validate(snakemake.params.limits),
    )
