"""Bake a cut's avatar: see `mouthpiece.bake`."""

from functools import partial
from pathlib import Path

from mouthpiece.bake import bake, forgo
from mouthpiece.faults import cut_job, job_name
from mouthpiece.picture import cut_clock

name = job_name("bake", snakemake.wildcards)
give_up = partial(forgo, avatar=Path(snakemake.output.avatar))

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
    mezzanine = Path(snakemake.input.mezzanine)
    bake(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut),
        track=Path(snakemake.input.track),
        engine_name=snakemake.params.engine["engine"],
        settings=snakemake.params.engine["settings"],
        avatar=Path(snakemake.output.avatar),
    )
