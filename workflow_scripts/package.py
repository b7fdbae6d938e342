"""Make the delivered film: see `mouthpiece.stages.package`."""

from pathlib import Path

from mouthpiece.config.delivery import Keep
from mouthpiece.core.jobs import job
from mouthpiece.media.packing import SourceFiles
from mouthpiece.stages.package import Made, Master, package


def marks():
    """What the film is marked with; None where it is not."""
    if not snakemake.params.marks:
        return None
    from mouthpiece.provenance.requests import marks_of

    return marks_of(snakemake.input, snakemake.params, snakemake.params.source)


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
        subtitles=Made(
            next(map(Path, snakemake.input.subtitles), None),
            snakemake.params.shown,
        ),
        keep=Keep(**snakemake.params.keep),
        marks=marks(),
        bitrate_kbps=snakemake.params.bitrate_kbps,
        film=Path(snakemake.output.film),
        facts=Path(snakemake.output.facts),
    )
