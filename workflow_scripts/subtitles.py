"""Write the subtitles of a film: see `mouthpiece.stages.subtitles`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.subtitles import Said, Timeline, subtitles


def file_of(name: str) -> Path | None:
    """An input or a param; None where there is none."""
    found = snakemake.input.get(name) or snakemake.params.get(name)
    return Path(str(found)) if found else None


with job(snakemake.log[0]):
    subtitles(
        said=Said(*map(file_of, ("script", "takes", "given", "transcript"))),
        timeline=Timeline(
            source=Path(snakemake.input.source),
            boundaries=Path(snakemake.input.boundaries),
            loop=file_of("loop"),
        ),
        video=snakemake.wildcards.video,
        dub=snakemake.wildcards.language,
        language=snakemake.params.language,
        formats=snakemake.params.formats,
        folder=Path(snakemake.output.folder),
        facts=Path(snakemake.output.facts),
    )
