"""Bake a cut's avatar: see `mouthpiece.stages.bake`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.bake import bake
from mouthpiece.stages.requests import BakeRequest

run_cut_job(
    bake.with_options(create=snakemake.create_engine),
    BakeRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        face=snakemake.params.face,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        settings=snakemake.params.settings,
        runtime_options=snakemake.params.runtime_options,
        avatar=Path(snakemake.output.avatar),
    ),
    CutJob.of(snakemake),
)
