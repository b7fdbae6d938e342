"""Write the project's overview page: see `mouthpiece.stages.overview`."""

from pathlib import Path

from mouthpiece.config.overview import Overview
from mouthpiece.core.jobs import job
from mouthpiece.project.gate import Gate
from mouthpiece.stages.overview import overview

with job(snakemake.log[0]):
    page = Path(snakemake.output.page)
    overview(
        films=[tuple(film) for film in snakemake.params.films],
        tables=[Path(file) for file in snakemake.input.tables],
        facts=[Path(file) for file in snakemake.input.facts],
        gpus=snakemake.params.gpus,
        enhance_gpus=snakemake.params.enhance_gpus,
        gate=Gate(**snakemake.params.gate),
        settings=Overview(**snakemake.params.settings),
        timings=Path("timings"),
        history=page.parent / ".history",
        page=page,
        boundaries=[Path(file) for file in snakemake.input.boundaries],
        rows_on_cuts=snakemake.params.rows_on_cuts,
    )
