"""Mouthpiece: localize video, cut by cut. See README.md; config/README.md has every key."""

from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

if Path("config/config.yaml").exists():

    configfile: "config/config.yaml"


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/normalize.smk"
include: "rules/cuts.smk"
include: "rules/guard.smk"
include: "rules/speaker.smk"
include: "rules/bake.smk"
include: "rules/speech.smk"
include: "rules/draft.smk"
include: "rules/enhance.smk"
include: "rules/gate.smk"
include: "rules/deliver.smk"
include: "rules/review.smk"
include: "rules/overview.smk"


onstart:
    hold_results()


rule all:
    default_target: True
    input:
        films(),
        reviews(),
        overviews(),
