"""Make the delivered film: see `mouthpiece.stages.package`."""

from pathlib import Path

from mouthpiece.config.delivery import Keep
from mouthpiece.core.jobs import job
from mouthpiece.stages.package import Master, SourceFiles, package

with job(snakemake.log[0]):
    package(
        master=Master(
            file=Path(snakemake.input.master),
            facts=Path(snakemake.input.facts),
            dub=Path(snakemake.input.dub),
        ),
        source=SourceFiles(
            file=Path(snakemake.params.source),
            facts=Path(snakemake.input.source),
            sound=Path(snakemake.input.sound),
        ),
        keep=Keep(**snakemake.params.keep),
        bitrate_kbps=snakemake.params.bitrate_kbps,
        film=Path(snakemake.output.film),
        facts=Path(snakemake.output.facts),
    )
