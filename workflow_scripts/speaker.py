"""Find out whether the face of a cut speaks: see `mouthpiece.stages.speaker`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.requests import SpeakerRequest
from mouthpiece.stages.speaker import speaker

run_cut_job(
    speaker,
    SpeakerRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        guard=Path(snakemake.input.guard),
        faces=Path(snakemake.input.faces),
        speech=Path(snakemake.input.speech),
        mode=snakemake.params.settings["mode"],
        scorer=snakemake.params.scorer,
        limits=snakemake.params.limits,
        verdict=Path(snakemake.output.verdict),
        track=Path(snakemake.output.track),
    ),
    CutJob.of(snakemake),
)
