"""Guard a cut: see `mouthpiece.guard`."""

from pathlib import Path

from mouthpiece.guard import guard
from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.settings import Guard

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    guard(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut),
        verdict=Path(snakemake.output.verdict),
        faces=Path(snakemake.output.faces),
        settings=Guard(**snakemake.params.settings),
    )
