"""Guard a cut: see `mouthpiece.guard`."""

from functools import partial
from pathlib import Path

from mouthpiece.faults import cut_job, job_name
from mouthpiece.guard import forgo, guard
from mouthpiece.picture import cut_clock
from mouthpiece.settings import Guard

name = job_name("guard", snakemake.wildcards)
give_up = partial(forgo, verdict=Path(snakemake.output.verdict), faces=Path(snakemake.output.faces))

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
    mezzanine = Path(snakemake.input.mezzanine)
    guard(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut),
        verdict=Path(snakemake.output.verdict),
        faces=Path(snakemake.output.faces),
        settings=Guard(**snakemake.params.settings),
    )
