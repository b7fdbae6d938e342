"""Write what is known of each cut of a film: see `mouthpiece.stages.cut_table`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.scorers.settings import DraftLimits
from mouthpiece.stages.cut_table import write_cut_table
from mouthpiece.stages.gate import judge_film

with job(snakemake.log[0]):
    judged = judge_film(dict(snakemake.input.items()), dict(snakemake.params.items()))
    write_cut_table(
        judged,
        snakemake.params.decisions,
        snakemake.params.engines,
        DraftLimits(**snakemake.params.limits),
        Path(snakemake.output.table),
    )
