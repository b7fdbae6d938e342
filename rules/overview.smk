rule overview:
    input:
        tables=each_film("results/{video}/{language}/cuts.tsv"),
        facts=each_film("results/{video}/_shared/source.json"),
        boundaries=each_film("results/{video}/_shared/boundaries.tsv"),
        # Only so that this page is written last, when all timings exist.
        last=films() + reviews() + further_deliverables() + subtitle_folders(),
    output:
        page=report(
            "results/overview.html",
            category="Overview",
            caption="../report/overview.rst",
        ),
    log:
        "logs/overview.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        films=list(PROJECT.dubs),
        gpus=gpus_of_engines(),
        enhance_gpus=PROJECT.settings.enhance.gpus,
        gate=PROJECT.settings.gate.model_dump(),
        settings=PROJECT.settings.overview.model_dump(),
        rows_on_cuts=ROWS_ON_CUTS,
        code=code_version("stages.overview"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("overview")
