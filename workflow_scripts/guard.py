"""Guard a cut: see `mouthpiece.guard`."""

from functools import partial
from pathlib import Path

from mouthpiece.config.guard import Guard
from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.media.mezzanine import cut_clock
from mouthpiece.stages.guard import forgo, guard

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
