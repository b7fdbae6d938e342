"""Decide what is delivered of each cut of a film: see `mouthpiece.gate`."""

from pathlib import Path

from mouthpiece.gate import decide
from mouthpiece.job import job
from mouthpiece.loop import film_cuts
from mouthpiece.settings import Gate

with job(snakemake.log[0]):
    decide(
        cuts=film_cuts(Path(snakemake.input.boundaries), snakemake.params.looped_frames),
        guards=[Path(file) for file in snakemake.input.guards],
        speakers=[Path(file) for file in snakemake.input.speakers],
        drafts=[Path(file) for file in snakemake.input.drafts],
        scores=[Path(file) for file in snakemake.input.scores],
        decisions=snakemake.params.decisions,
        settings=Gate(**snakemake.params.settings),
        table=Path(snakemake.output.table),
    )
