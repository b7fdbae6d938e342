"""Check a video and its dubs before any work: see `mouthpiece.stages.preflight`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.jobs import job
from mouthpiece.stages.preflight import Footage, GivenDub, preflight

with job(snakemake.log[0]):
    preflight(
        footage=Footage(**snakemake.params.footage),
        dubs=[GivenDub(**dub) for dub in snakemake.params.dubs],
        weights_problem=snakemake.params.weights_problem,
        facts=Path(snakemake.output.facts),
        normalize=Normalize(**snakemake.params.settings),
        delivery=Delivery(**snakemake.params.delivery),
    )
