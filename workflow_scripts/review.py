"""Write a film's review page: see `mouthpiece.review`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.loop import film_clocks
from mouthpiece.picture import facts
from mouthpiece.review import review
from mouthpiece.settings import Gate, Guard

with job(snakemake.log[0]):
    review(
        video=snakemake.wildcards.video,
        language=snakemake.wildcards.language,
        clocks=film_clocks(
            Path(snakemake.input.boundaries),
            snakemake.params.looped_frames,
            facts(Path(snakemake.input.mezzanine)).rate,
        ),
        table=Path(snakemake.input.table),
        originals=[Path(file) for file in snakemake.input.originals],
        lipsynced=[Path(file) for file in snakemake.input.lipsynced],
        guards=[Path(file) for file in snakemake.input.guards],
        scores=[Path(file) for file in snakemake.input.scores],
        source_audio=Path(snakemake.input.source_audio),
        dub=Path(snakemake.input.dub),
        guard=Guard(**snakemake.params.guard),
        gate=Gate(**snakemake.params.gate),
        presets=snakemake.params.presets,
        folder=Path(snakemake.output.page),
    )
