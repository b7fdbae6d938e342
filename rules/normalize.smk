rule normalize:
    input:
        preflight="results/{video}/_shared/preflight.json",
    output:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        audio="results/{video}/_shared/source.flac",
        facts="results/{video}/_shared/source.json",
    log:
        "logs/{video}/normalize.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        source=get_source,
        content=content_of(get_source),
        settings=normalize_settings,
        code=code_version("stages.normalize"),
        packages=package_versions("stages.normalize"),
    threads: 6
    resources:
        mem_mb=mem_mb(2000),
        runtime=60,
    shell:
        in_worker("normalize")
