"""Write one file with the sound of all films of a video: see `mouthpiece.stages.multilingual`."""

from pathlib import Path

from mouthpiece.config.delivery import Keep
from mouthpiece.core.jobs import job
from mouthpiece.media.packing import SourceFiles
from mouthpiece.stages.multilingual import DubbedFilm, OriginalFilm, multilingual


def marks():
    """What the file is marked with; None where it is not."""
    if not snakemake.params.marks:
        return None
    from mouthpiece.provenance.requests import marks_of

    return marks_of(snakemake.input, snakemake.params, snakemake.params.original)


def films():
    """The films of the video."""
    given = snakemake.input
    subtitles = {Path(file).parent.name: Path(file) for file in given.subtitles}
    parts = (snakemake.params.films.items(), given.films, given.masters, given.sounds)
    return [
        DubbedFilm(
            key=key,
            language=language,
            facts=Path(facts),
            master=Path(master),
            sound=Path(sound),
            subtitles=subtitles.get(key),
        )
        for (key, language), facts, master, sound in zip(*parts, strict=True)
    ]


with job(snakemake.log[0]):
    multilingual(
        original=OriginalFilm(
            files=SourceFiles(
                file=Path(snakemake.params.original),
                facts=Path(snakemake.input.source),
                sound=Path(snakemake.input.sound),
            ),
            language=snakemake.params.language,
            mezzanine=Path(snakemake.input.mezzanine),
            segments=[Path(file) for file in snakemake.input.segments],
        ),
        films=films(),
        picture=snakemake.params.picture,
        keep=Keep(**snakemake.params.keep),
        bitrate_kbps=snakemake.params.bitrate_kbps,
        path=Path(snakemake.output.file),
        facts=Path(snakemake.output.facts),
        marks=marks(),
    )
