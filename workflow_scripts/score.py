"""Score a cut's draft: see `mouthpiece.stages.score`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.requests import ScoreRequest
from mouthpiece.stages.score import score

run_cut_job(
    score,
    ScoreRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        **snakemake.params.source_cut,
        face=snakemake.params.face,
        track=Path(snakemake.input.track),
        draft=Path(snakemake.input.draft),
        speech=Path(snakemake.input.speech),
        scorer=snakemake.params.scorer,
        packages=snakemake.params.packages,
        score=Path(snakemake.output.score),
    ),
    CutJob.of(snakemake),
)
