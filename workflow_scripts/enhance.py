"""Enhance a cut's draft: see `mouthpiece.stages.enhance`."""

from pathlib import Path

from mouthpiece.core.cut_jobs import CutJob, run_cut_job
from mouthpiece.stages.enhance import enhance
from mouthpiece.stages.requests import DraftFiles, EnhanceRequest


def draft_files(files):
    """The three files of a draft."""
    return DraftFiles(patches=Path(files.draft), row=Path(files.row), score=Path(files.score))


source = snakemake.input.source

run_cut_job(
    enhance,
    EnhanceRequest(
        mezzanine=Path(snakemake.input.mezzanine),
        cut=snakemake.wildcards.cut,
        **snakemake.params.source_cut,
        face=snakemake.params.face,
        track=Path(snakemake.input.track),
        speech=Path(snakemake.input.speech),
        draft=draft_files(snakemake.input),
        settings=snakemake.params.settings,
        final=snakemake.params.final,
        scorer=snakemake.params.scorer,
        limits=snakemake.params.limits,
        source=Path(source) if source else None,
        weights=snakemake.params.weights,
        code=snakemake.params.steps,
        packages=snakemake.params.packages,
        threads=snakemake.threads,
        enhanced=draft_files(snakemake.output),
    ),
    CutJob.of(snakemake),
)
