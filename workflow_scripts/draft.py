"""Draft a cut: see `mouthpiece.stages.draft`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.draft import draft
from mouthpiece.stages.requests import DraftRequest, RetryPolicy

source, retry = snakemake.input.source, snakemake.params.retry

run_cut_job(
    draft.with_options(create=snakemake.create_engine),
    DraftRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        **snakemake.params.source_cut,
        face=snakemake.params.face,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        settings=snakemake.params.settings,
        runtime_options=snakemake.params.runtime_options,
        video=snakemake.wildcards.video,
        may_leave=snakemake.params.may_leave,
        avatar=Path(snakemake.input.avatar),
        speech=Path(snakemake.input.speech),
        baked=snakemake.params.baked,
        weights=snakemake.params.weights,
        code=snakemake.params.code,
        packages=snakemake.params.packages,
        retry=RetryPolicy(**retry) if retry else None,
        source=Path(source) if source else None,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    ),
    CutJob.of(snakemake),
)
