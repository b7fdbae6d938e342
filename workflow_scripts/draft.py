"""Draft a cut: see `mouthpiece.draft`."""

from pathlib import Path

from mouthpiece.draft import Chances, Recipe, Scene, draft
from mouthpiece.files import read_json
from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.settings import Gate, Retry

with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    given = snakemake.params.chances
    chances = None
    if given:
        source = snakemake.input.source
        source = read_json(Path(source))["score"] if source else None
        chances = Chances(Retry(**given["retry"]), Gate(**given["gate"]), source)
    draft(
        scene=Scene(
            mezzanine=mezzanine,
            clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.shown),
            avatar=Path(snakemake.input.avatar),
            track=Path(snakemake.input.track),
            speech=Path(snakemake.input.speech),
        ),
        recipe=Recipe(
            **snakemake.params.engine,
            baked=snakemake.params.baked["settings"],
            code=snakemake.params.code,
        ),
        chances=chances,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    )
