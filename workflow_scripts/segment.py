"""Encode a cut, as it is or with its draft: see `mouthpiece.stages.segment`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.media.encode import Encoding
from mouthpiece.media.mezzanine import cut_clock
from mouthpiece.stages.segment import segment

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    draft = snakemake.input.get("draft")
    segment(
        mezzanine=mezzanine,
        clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.source_cut),
        draft=Path(draft) if draft else None,
        path=Path(snakemake.output.segment),
        encoding=Encoding(**snakemake.params.encoding),
        threads=snakemake.threads,
    )
