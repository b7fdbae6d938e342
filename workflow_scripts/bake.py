"""Bake a cut's avatar: see `mouthpiece.bake`."""

from pathlib import Path

from mouthpiece.bake import bake
from mouthpiece.job import job
from mouthpiece.picture import cut_clock

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    bake(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut),
        track=Path(snakemake.input.track),
        engine_name=snakemake.params.engine["engine"],
        settings=snakemake.params.engine["settings"],
        avatar=Path(snakemake.output.avatar),
    )
