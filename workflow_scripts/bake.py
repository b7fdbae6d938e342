"""Bake a cut's avatar: see `mouthpiece.bake`."""

from pathlib import Path

from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.worker.client import run_task
from mouthpiece.worker.tasks import Bake

order = Bake(
    mezzanine=Path(snakemake.input.mezzanine),
    cut=snakemake.wildcards.cut,
    track=Path(snakemake.input.track),
    engine=snakemake.params.engine,
    neutral=snakemake.params.neutral,
    avatar=Path(snakemake.output.avatar),
)
name = job_name(order.stage, snakemake.wildcards)

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, order.forgo):
    run_task(order, snakemake.resources.worker_idle_s)
