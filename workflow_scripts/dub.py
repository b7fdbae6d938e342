"""Decode and check a film's dub: see `mouthpiece.stages.dub` and `mouthpiece.stages.preflight`."""

from pathlib import Path

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.jobs import job
from mouthpiece.stages.dub import write_dub
from mouthpiece.stages.preflight import GivenDub, check_cell, check_decoded

with job(snakemake.log[0]):
    given, dub = GivenDub(**snakemake.params.given), Path(snakemake.output.dub)
    check_cell(given)
    write_dub(source=Path(given.audio), dub=dub, facts=Path(snakemake.output.facts))
    delivery = Delivery(**snakemake.params.delivery)
    check_decoded(given, dub, Path(snakemake.input.preflight), delivery)
