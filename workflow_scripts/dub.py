"""Decode and check a film's dub, or lay the takes of one: see `stages.dub`, `stages.made_dub`."""

from pathlib import Path

from mouthpiece.core.jobs import job

with job(snakemake.log[0]):
    dub, facts = Path(snakemake.output.dub), Path(snakemake.output.facts)
    if snakemake.input.get("takes"):
        from mouthpiece.stages.made_dub import write_made_dub

        takes, clock = Path(snakemake.input.takes), Path(snakemake.input.clock)
        write_made_dub(takes, clock, dub, facts, loops=snakemake.params.loops)
    else:
        from mouthpiece.config.delivery import Delivery
        from mouthpiece.stages.dub import write_dub
        from mouthpiece.stages.preflight import GivenDub, check_cell, check_decoded

        given = GivenDub(**snakemake.params.given)
        check_cell(given)
        write_dub(source=Path(given.audio), dub=dub, facts=facts)
        delivery = Delivery(**snakemake.params.delivery)
        check_decoded(given, dub, Path(snakemake.input.preflight), delivery)
