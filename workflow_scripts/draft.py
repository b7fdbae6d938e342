"""Draft a cut: see `mouthpiece.draft`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.worker.client import carry_out
from mouthpiece.worker.orders import Draft

with job(snakemake.log[0]):
    order = Draft(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        shown=snakemake.params.shown,
        avatar=Path(snakemake.input.avatar),
        speech=Path(snakemake.input.speech),
        baked=snakemake.params.baked["settings"],
        chances=snakemake.params.chances,
        code=snakemake.params.code,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    )
    carry_out(order, snakemake.resources.worker_idle_s)
