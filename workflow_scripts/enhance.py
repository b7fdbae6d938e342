"""Enhance a cut's draft: see `mouthpiece.enhance`."""

from functools import partial
from pathlib import Path

from mouthpiece.config.enhance import Enhance
from mouthpiece.core.faults import cut_job, job_name
from mouthpiece.core.files import read_json
from mouthpiece.media.mezzanine import cut_clock
from mouthpiece.project.settings import Gate
from mouthpiece.stages.enhance import Draft, Recipe, Scene, enhance, forgo


def files(these):
    """The three files of a draft."""
    return Draft(Path(these.draft), Path(these.row), Path(these.score))


draft, enhanced = files(snakemake.input), files(snakemake.output)
name = job_name("enhance", snakemake.wildcards)
give_up = partial(forgo, draft=draft, enhanced=enhanced)

with cut_job(snakemake.log[0], name, snakemake.resources.attempt, give_up):
    mezzanine, source = Path(snakemake.input.mezzanine), snakemake.input.source
    enhance(
        scene=Scene(
            mezzanine=mezzanine,
            clock=cut_clock(mezzanine, snakemake.wildcards.cut, **snakemake.params.source_cut),
            track=Path(snakemake.input.track),
            speech=Path(snakemake.input.speech),
        ),
        draft=draft,
        recipe=Recipe(
            settings=Enhance(**snakemake.params.settings),
            final=snakemake.params.final,
            gate=Gate(**snakemake.params.gate),
            source=read_json(Path(source))["score"] if source else None,
            weights=snakemake.params.weights,
            code=snakemake.params.steps,
        ),
        enhanced=enhanced,
    )
