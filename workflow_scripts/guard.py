"""Guard a cut: see `mouthpiece.stages.guard`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.guard import guard
from mouthpiece.stages.requests import GuardRequest

run_cut_job(
    guard,
    GuardRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        speech=Path(snakemake.input.speech),
        settings=snakemake.params.settings,
        speaker_mode=snakemake.params.speaker["mode"],
        scorer=snakemake.params.scorer,
        limits=snakemake.params.limits,
        hearing=snakemake.params.hearing,
        verdict=Path(snakemake.output.verdict),
        track=Path(snakemake.output.track),
    ),
    CutJob.of(snakemake),
)
