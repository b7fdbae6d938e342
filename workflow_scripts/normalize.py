"""Make a source's mezzanine and sound: see `mouthpiece.stages.normalize`."""

from pathlib import Path

from mouthpiece.config.normalize import Normalize
from mouthpiece.core.jobs import job
from mouthpiece.stages.normalize import normalize

with job(snakemake.log[0]):
    normalize(
        source=Path(snakemake.params.source),
        mezzanine=Path(snakemake.output.mezzanine),
        audio=Path(snakemake.output.audio),
        facts=Path(snakemake.output.facts),
        settings=Normalize(**snakemake.params.settings),
        threads=snakemake.threads,
    )
