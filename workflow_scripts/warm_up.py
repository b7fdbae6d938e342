"""Load the networks of engines: see `mouthpiece.stages.warm_up`."""

from mouthpiece.core.jobs import job
from mouthpiece.stages.warm_up import warm_up

with job(snakemake.log[0]):
    warm_up(snakemake.params.engines, snakemake.create_engine)
