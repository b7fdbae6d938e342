"""Judge the lines of a film: see `mouthpiece.stages.lines`."""

from pathlib import Path

from mouthpiece.config.sound_gate import SoundGate
from mouthpiece.core.jobs import job
from mouthpiece.stages.lines import LineFiles, lines

heard, background = snakemake.input.get("heard"), snakemake.input.get("background")

with job(snakemake.log[0]):
    lines(
        files=LineFiles(
            script=Path(snakemake.input.script),
            takes=Path(snakemake.input.takes),
            heard=Path(heard) if heard else None,
            background=Path(background) if background else None,
            cuts=Path(snakemake.input.cuts),
            guards=[Path(file) for file in snakemake.input.guards],
            source=Path(snakemake.input.source),
        ),
        language=snakemake.params.language,
        settings=SoundGate(**snakemake.params.settings),
        table=Path(snakemake.output.table),
        facts=Path(snakemake.output.facts),
    )
