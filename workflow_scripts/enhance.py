"""Enhance a cut's draft: see `mouthpiece.enhance`."""

from pathlib import Path

from mouthpiece.enhance import Draft, Recipe, Scene, enhance
from mouthpiece.job import job
from mouthpiece.picture import cut_clock
from mouthpiece.settings import Enhance, Gate


def files(these):
    """The three files of a draft."""
    return Draft(Path(these.draft), Path(these.row), Path(these.score))


with job(snakemake.log[0]):
    mezzanine = Path(snakemake.input.mezzanine)
    enhance(
        scene=Scene(
            mezzanine=mezzanine,
            clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.shown),
            track=Path(snakemake.input.track),
            speech=Path(snakemake.input.speech),
        ),
        draft=files(snakemake.input),
        recipe=Recipe(
            settings=Enhance(**snakemake.params.settings),
            final=snakemake.params.final,
            gate=Gate(**snakemake.params.gate),
            weights=snakemake.params.weights,
            code=snakemake.params.steps,
        ),
        enhanced=files(snakemake.output),
    )
