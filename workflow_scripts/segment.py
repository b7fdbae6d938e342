"""Encode a cut, as it is or with its draft: see `mouthpiece.deliver`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
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
        settings=Delivery(**snakemake.params.settings),
        threads=snakemake.threads,
    )
