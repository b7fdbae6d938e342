"""Find the cuts in which each speaker is seen: see `mouthpiece.stages.speakers`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.speakers import SpeakersRequest, write_speakers

with job(snakemake.log[0]):
    write_speakers(
        SpeakersRequest(
            transcript=Path(snakemake.input.transcript),
            source=Path(snakemake.input.source),
            boundaries=Path(snakemake.input.boundaries),
            guards=[Path(file) for file in snakemake.input.guards],
            sync=Path(snakemake.input.sync),
            speakers=Path(snakemake.output.speakers),
        )
    )
