rule film:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        delivery="results/{video}/{language}/delivery.tsv",
        originals=each_original,
        lipsynced=each_cut("results/{video}/{language}/cuts/{cut}/lipsync.mp4"),
        drafts=each_drafted("draft.zip"),
        dub="results/{video}/{language}/dub.flac",
    output:
        master="results/{video}/{language}/master.mp4",
    log:
        "logs/{video}/{language}/film.log",
    benchmark:
        "timings/{video}/{language}/film.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=film_settings(),
        policy=get_policy,
        language=language_tag,
        code=code_version("stages.film"),
        packages=package_versions("stages.film"),
    threads: 1
    resources:
        mem_mb=mem_mb(2000),
        runtime=60,
    script:
        "../workflow_scripts/film.py"
