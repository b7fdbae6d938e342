"""Choose between a cut's draft and its final: see `mouthpiece.stages.final`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.final import final
from mouthpiece.stages.requests import DraftFiles, FinalRequest

given, source = snakemake.input, snakemake.input.source

run_cut_job(
    final,
    FinalRequest(
        draft=DraftFiles(patches=Path(given.draft), row=Path(given.row), score=Path(given.score)),
        drawn=DraftFiles(
            patches=Path(given.drawn),
            row=Path(given.drawn_row),
            score=Path(given.drawn_score),
        ),
        engine=snakemake.params.engine,
        max_drop=snakemake.params.max_drop,
        limits=snakemake.params.limits,
        face=snakemake.params.face,
        source=Path(source) if source else None,
        final=DraftFiles(
            patches=Path(snakemake.output.draft),
            row=Path(snakemake.output.row),
            score=Path(snakemake.output.score),
        ),
    ),
    CutJob.of(snakemake),
)
