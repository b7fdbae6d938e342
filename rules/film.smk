rule film:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        delivery="results/{video}/{language}/delivery.tsv",
        originals=each_original,
        lipsynced=each_redrawn("results/{video}/{language}/cuts/{cut}/lipsync.mp4"),
        drafts=each_drafted("draft.zip"),
        heard=film_sound,
        track="results/{video}/{language}/sound.m4a",
        sound="results/{video}/{language}/sound.json",
    output:
        master="results/{video}/{language}/master.mp4",
        facts="results/{video}/{language}/film.json",
    log:
        "logs/{video}/{language}/film.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=film_settings(),
        language=language_tag,
        code=code_version("stages.film"),
        packages=package_versions("stages.film"),
    threads: 1
    resources:
        mem_mb=mem_mb(2000),
        runtime=60,
    shell:
        in_worker_by_lines("film")
