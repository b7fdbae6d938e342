"""Score a cut's draft: see `mouthpiece.score`."""

from functools import partial
from pathlib import Path

from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.media.mezzanine import cut_clock
from mouthpiece.stages.score import forgo, measure

name = job_name("score", snakemake.wildcards)
give_up = partial(forgo, score=Path(snakemake.output.score))

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
    mezzanine = Path(snakemake.input.mezzanine)
    measure(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.source_cut),
        track=Path(snakemake.input.track),
        draft=Path(snakemake.input.draft),
        speech=Path(snakemake.input.speech),
        scorer_name=snakemake.params.scorer,
        score=Path(snakemake.output.score),
    )
