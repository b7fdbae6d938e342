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
        settings=snakemake.params.settings,
        verdict=Path(snakemake.output.verdict),
        faces=Path(snakemake.output.faces),
    ),
    CutJob.of(snakemake),
)
