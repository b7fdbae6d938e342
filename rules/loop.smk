# Only for films with the length policy `loop`. Other films have the cuts of their video.
checkpoint loop:
    input:
        boundaries="results/{video}/_shared/boundaries.tsv",
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        dub="results/{video}/{language}/dub.flac",
    output:
        table="results/{video}/{language}/loop.tsv",
    log:
        "logs/{video}/{language}/loop.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        code=code_version("stages.loop"),
        packages=package_versions("stages.loop"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker("loop")
