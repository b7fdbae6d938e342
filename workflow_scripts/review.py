"""Write a film's review page: see `mouthpiece.stages.review`."""

from pathlib import Path

from mouthpiece.config.fit import Fit
from mouthpiece.config.guard import Guard
from mouthpiece.core.jobs import job
from mouthpiece.core.loop import film_clocks
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.project.gate import Gate
from mouthpiece.project.tables import tag_of
from mouthpiece.review.script_lines import ScriptFiles
from mouthpiece.review.script_tab import ScriptRequest
from mouthpiece.review.script_view import OfferedVoice
from mouthpiece.stages.review import review

loop = snakemake.input.get("loop")
others = [
    file
    for name in ("transcript", "translation", "mix", "sound_gate")
    if (file := snakemake.input.get(name))
]


def script_request():
    """What the tab "Script" is made from; None where the dub is given."""
    given = snakemake.input
    if not given.get("script"):
        return None
    return ScriptRequest(
        files=ScriptFiles(
            Path(given.script), Path(given.translation), Path(given.takes), Path(given.lines)
        ),
        transcript=Path(given.transcript),
        speakers=Path(given.speakers),
        language=tag_of(snakemake.wildcards.language),
        fit=Fit(**snakemake.params.fit),
        voices=[OfferedVoice(**voice) for voice in snakemake.params.voices],
        edits=snakemake.params.edits,
    )


with job(snakemake.log[0]):
    mezzanine = probe_mezzanine(Path(snakemake.input.mezzanine))
    subtitles = list(snakemake.input.subtitles)
    review(
        video=snakemake.wildcards.video,
        language=snakemake.wildcards.language,
        clocks=film_clocks(
            Path(snakemake.input.boundaries),
            Path(loop) if loop else None,
            mezzanine.rate,
        ),
        table=Path(snakemake.input.table),
        originals=[Path(file) for file in snakemake.input.originals],
        lipsynced=[Path(file) for file in snakemake.input.lipsynced],
        guards=[Path(file) for file in snakemake.input.guards],
        faces=Path(snakemake.input.faces),
        scores=[Path(file) for file in snakemake.input.scores],
        tracks=[Path(file) for file in snakemake.input.tracks],
        picture_px=(mezzanine.width, mezzanine.height),
        source_audio=Path(snakemake.input.source_audio),
        source_clips=Path(snakemake.input.source_clips),
        delivered=Path(snakemake.input.film),
        subtitles=Path(subtitles[0]) if subtitles else None,
        dub=Path(snakemake.input.dub),
        guard=Guard(**snakemake.params.guard),
        gate=Gate(**snakemake.params.gate),
        presets=snakemake.params.presets,
        files=snakemake.params.files,
        folder=Path(snakemake.output.page),
        facts=[
            Path(file)
            for file in (
                *snakemake.input.facts,
                *others,
                *snakemake.input.subtitles,
            )
        ],
        rows_on_cuts=snakemake.params.rows_on_cuts,
        dials=snakemake.params.dials,
        overrides=snakemake.params.overrides,
        final_engine=snakemake.params.final_engine,
        remarks=snakemake.params.remarks,
        script=script_request(),
        threads=snakemake.threads,
    )
