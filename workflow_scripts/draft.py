"""Draft a cut: see `mouthpiece.draft`."""

from functools import partial
from pathlib import Path

from mouthpiece.draft import Chances, Recipe, Scene, draft, forgo
from mouthpiece.faults import cut_job, job_name
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
    chances = snakemake.params.chances
    draft(
        scene=Scene(
            mezzanine=mezzanine,
            clock=cut_clock(mezzanine, snakemake.wildcards.cut),
            avatar=Path(snakemake.input.avatar),
            track=Path(snakemake.input.track),
            speech=Path(snakemake.input.speech),
        ),
        recipe=recipe,
        chances=Chances(Retry(**chances["retry"]), Gate(**chances["gate"])) if chances else None,
        patches=Path(snakemake.output.draft),
        row=Path(snakemake.output.row),
    )
