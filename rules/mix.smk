rule mix:
    input:
        dub="results/{video}/{language}/dub.flac",
        background="results/{video}/_shared/background.flac",
        voice=matched_voice,
        separation="results/{video}/_shared/separation.json",
        source="results/{video}/_shared/source.json",
    output:
        mix="results/{video}/{language}/mix.flac",
        facts="results/{video}/{language}/mix.json",
    log:
        "logs/{video}/{language}/mix.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=PROJECT.settings.mix.model_dump(),
        policy=get_policy,
        delivery=length_limits(),
        code=code_version("stages.mix"),
        packages=package_versions("stages.mix"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(30),
    shell:
        in_worker("mix")
