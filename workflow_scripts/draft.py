"""Draft a cut: see `mouthpiece.draft`."""

from pathlib import Path

from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.worker.client import run_task
from mouthpiece.worker.tasks import Draft

source = snakemake.input.source
order = Draft(
    mezzanine=Path(snakemake.input.mezzanine),
    cut=snakemake.wildcards.cut,
    track=Path(snakemake.input.track),
    engine=snakemake.params.engine,
    neutral=snakemake.params.neutral,
    source_cut=snakemake.params.source_cut,
    avatar=Path(snakemake.input.avatar),
    speech=Path(snakemake.input.speech),
    baked=snakemake.params.baked["settings"],
    chances=snakemake.params.chances,
    source=Path(source) if source else None,
    code=snakemake.params.code,
    patches=Path(snakemake.output.draft),
    row=Path(snakemake.output.row),
)
name = job_name(order.stage, snakemake.wildcards)

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, order.forgo):
    run_task(order, snakemake.resources.worker_idle_s)
