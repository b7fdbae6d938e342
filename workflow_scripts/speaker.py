"""Say whether the face of a cut speaks: see `mouthpiece.speaker`."""

from functools import partial
from pathlib import Path

from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.media.mezzanine import cut_clock
from mouthpiece.scorers.settings import SpeakingLimits
from mouthpiece.stages.speaker import forgo, speaker

name = job_name("speaker", snakemake.wildcards)
give_up = partial(
    forgo, verdict=Path(snakemake.output.verdict), spoken=Path(snakemake.output.track)
)

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
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
