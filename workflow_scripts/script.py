"""Write a film's script, with what reviewers changed: see `mouthpiece.stages.script`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.script import ScriptSettings, script

with job(snakemake.log[0]):
    script(
        Path(snakemake.input.translation),
        Path(snakemake.input.facts),
        ScriptSettings(
            edits=snakemake.params.edits,
            glossary=snakemake.params.glossary,
            syllables_per_s=snakemake.params.syllables_per_s,
            loops=snakemake.params.loops,
        ),
        Path(snakemake.output.table),
    )
