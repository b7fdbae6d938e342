"""Say how a film was made: see `mouthpiece.stages.sidecar`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.provenance.statement import FilmFacts
from mouthpiece.stages.sidecar import sidecar

with job(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    sidecar(
        video=params.video,
        language=params.language,
        deliverables=[Path(file) for file in given.deliverables],
        facts=FilmFacts(
            delivery=Path(given.delivery),
            drafts=[Path(draft) for draft in given.drafts],
            source=Path(given.source),
            film=Path(given.film),
            takes=Path(given.takes) if given.takes else None,
            translation=Path(given.translation) if given.translation else None,
        ),
        source_sha256=params.content,
        kind=params.kind,
        sign=params.sign,
        models=params.models,
        settings=params.settings,
        path=Path(snakemake.output.sidecar),
    )
