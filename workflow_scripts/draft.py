"""Draft a cut: see `mouthpiece.draft`."""

from functools import partial
from pathlib import Path

from mouthpiece.draft import Chances, Recipe, Scene, draft, forgo
from mouthpiece.faults import cut_job, job_name
from mouthpiece.files import read_json
from mouthpiece.picture import cut_clock
from mouthpiece.settings import Gate, Retry

recipe = Recipe(
    **snakemake.params.engine,
    baked=snakemake.params.baked["settings"],
    code=snakemake.params.code,
)
name = job_name("draft", snakemake.wildcards)
give_up = partial(
    forgo, recipe=recipe, patches=Path(snakemake.output.draft), row=Path(snakemake.output.row)
)

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
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
        recipe=recipe,
        chances=chances,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    )
