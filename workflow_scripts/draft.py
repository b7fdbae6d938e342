"""Draft a cut: see `mouthpiece.draft`."""

from pathlib import Path

from mouthpiece.draft import draft
from mouthpiece.job import job
from mouthpiece.picture import cut_clock

with job(snakemake.log[0]):
    draft(
        avatar=Path(snakemake.input.avatar),
        track=Path(snakemake.input.track),
        speech=Path(snakemake.input.speech),
        clock=cut_clock(Path(snakemake.input.mezzanine), snakemake.wildcards.cut),
        engine_name=snakemake.params.engine["engine"],
        settings=snakemake.params.engine["settings"],
        code=snakemake.params.code,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    )
