"""Translate a film's lines: see `mouthpiece.stages.translate`."""

from pathlib import Path

from mouthpiece.core.jobs import job
from mouthpiece.stages.preflight import GivenDub, check_cell
from mouthpiece.stages.translate import TranslateRequest, translate
from mouthpiece.translation.registry import translator_settings

with job(snakemake.log[0]):
    check_cell(GivenDub(**snakemake.params.given))
    params, options = snakemake.params, snakemake.params.runtime_options
    translators = {
        name: translator_settings()[name].model_validate({**values, **options[name]})
        for name, values in params.translators.items()
    }
    translate(
        TranslateRequest(
            film=f"{snakemake.wildcards.video}, {snakemake.wildcards.language}",
            transcript=Path(snakemake.input.transcript),
            facts=Path(snakemake.input.facts),
            target=params.target,
            translators=translators,
            glossary=params.glossary,
            syllables_per_s=params.syllables_per_s,
            loops=params.loops,
            script=Path(params.given_script) if params.given_script else None,
            translation=Path(snakemake.output.translation),
            answers=Path(snakemake.output.translation).parent / "translations",
        )
    )
