rule review:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        boundaries="results/{video}/_shared/boundaries.tsv",
        loop=loop_table,
        source_audio="results/{video}/_shared/source.flac",
        table="results/{video}/{language}/cuts.tsv",
        originals=each_original,
        lipsynced=each_cut("results/{video}/{language}/cuts/{cut}/lipsync.mp4"),
        guards=each_source_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
        scores=each_drafted("score.json"),
        dub="results/{video}/{language}/dub.flac",
    output:
        page=report(
            directory("results/{video}/{language}/review"),
            htmlindex="index.html",
            category="Review",
            labels={"video": "{video}", "language": "{language}"},
            caption="../report/review.rst",
        ),
    log:
        "logs/{video}/{language}/review.log",
    benchmark:
        "timings/{video}/{language}/review.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        gate=PROJECT.settings.gate.model_dump(),
        guard=PROJECT.settings.guard.model_dump(),
        presets=presets_of_engines(),
        rows_on_cuts=rows_on_other_cuts,
        code=code_version("stages.review"),
        packages=package_versions("stages.review"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/review.py"
