"""Bake a cut's avatar: see `mouthpiece.bake`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.worker.client import carry_out
from mouthpiece.worker.orders import Bake

with job(snakemake.log[0]):
    order = Bake(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        track=Path(snakemake.input.track),
        engine=snakemake.params.engine,
        avatar=Path(snakemake.output.avatar),
    )
    carry_out(order, snakemake.resources.worker_idle_s)
