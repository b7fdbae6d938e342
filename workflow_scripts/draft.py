"""Draft a cut: see `mouthpiece.stages.draft`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.requests import DraftRequest, RetryPolicy
from mouthpiece.worker.client import worker_stage

source, retry = snakemake.input.source, snakemake.params.retry

run_cut_job(
    worker_stage(snakemake.resources.worker_idle_s),
    DraftRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        **snakemake.params.source_cut,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        settings=snakemake.params.settings,
        runtime_options=snakemake.params.runtime_options,
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
