"""Decide what is delivered of each cut of a film: see `mouthpiece.stages.gate`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.core.loop import film_cuts
from mouthpiece.project.settings import DeliverWhat
from mouthpiece.scorers.settings import GateLimits
from mouthpiece.stages.gate import gate, judge_cuts

loop = snakemake.input.get("loop")

with job(snakemake.log[0]):
    judged = judge_cuts(
        cuts=film_cuts(Path(snakemake.input.boundaries), Path(loop) if loop else None),
        guards=[Path(file) for file in snakemake.input.guards],
        speakers=[Path(file) for file in snakemake.input.speakers],
        drafts=[Path(file) for file in snakemake.input.drafts],
        scores=[Path(file) for file in snakemake.input.scores],
        decisions=snakemake.params.decisions,
        limits=GateLimits(**snakemake.params.limits),
        deliver=DeliverWhat(**snakemake.params.deliver),
    )
    gate(judged, snakemake.params.max_fault_share, Path(snakemake.output.delivery))
