"""Say whether the face of a cut speaks: see `mouthpiece.speaker`."""

from pathlib import Path

from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.settings import SpeakingLimits
from mouthpiece.speaker import speaker

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    speaker(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut),
        guard=Path(snakemake.input.guard),
        faces=Path(snakemake.input.faces),
        speech=Path(snakemake.input.speech),
        mode=snakemake.params.settings["mode"],
        scorer_name=snakemake.params.scorer,
        limits=SpeakingLimits(**snakemake.params.limits),
        verdict=Path(snakemake.output.verdict),
        spoken=Path(snakemake.output.track),
    )
