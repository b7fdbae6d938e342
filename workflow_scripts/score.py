"""Score a cut's draft: see `mouthpiece.score`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.score import measure

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    measure(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.shown),
        track=Path(snakemake.input.track),
        draft=Path(snakemake.input.draft),
        speech=Path(snakemake.input.speech),
        scorer_name=snakemake.params.scorer,
        score=Path(snakemake.output.score),
    )
