"""Write a film's review page: see `mouthpiece.stages.review`."""

from pathlib import Path

from mouthpiece.config.guard import Guard
from mouthpiece.core.jobs import job
from mouthpiece.core.loop import film_clocks
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.project.settings import Gate
from mouthpiece.stages.review import review

loop = snakemake.input.get("loop")
mix = snakemake.input.get("mix")

with job(snakemake.log[0]):
    review(
        video=snakemake.wildcards.video,
        language=snakemake.wildcards.language,
        clocks=film_clocks(
            Path(snakemake.input.boundaries),
            Path(loop) if loop else None,
            probe_mezzanine(Path(snakemake.input.mezzanine)).rate,
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
        facts=[
            Path(file)
            for file in (
                *snakemake.input.facts,
                *([mix] if mix else []),
                *snakemake.input.subtitles,
            )
        ],
        rows_on_cuts=snakemake.params.rows_on_cuts,
    )
