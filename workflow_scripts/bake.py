"""Bake a cut's avatar: see `mouthpiece.stages.bake`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.requests import BakeRequest
from mouthpiece.worker.client import worker_stage

run_cut_job(
    worker_stage(snakemake.resources.worker_idle_s),
    BakeRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        settings=snakemake.params.settings,
        runtime_options=snakemake.params.runtime_options,
        avatar=Path(snakemake.output.avatar),
    ),
    CutJob.of(snakemake),
)
