"""Write what all review pages of a video share: see `mouthpiece.stages.source_clips`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.core.loop import film_clocks
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.stages.source_clips import source_clips

with job(snakemake.log[0]):
    rate = probe_mezzanine(Path(snakemake.input.mezzanine)).rate
    source_clips(
        clocks=film_clocks(Path(snakemake.input.boundaries), None, rate),
        originals=[Path(file) for file in snakemake.input.originals],
        source_audio=Path(snakemake.input.source_audio),
        folder=Path(snakemake.output.clips),
        threads=snakemake.threads,
    )
