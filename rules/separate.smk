# For films whose sound has the source's background.
rule separate:
    input:
        sound="results/{video}/_shared/source.flac",
    output:
        voice="results/{video}/_shared/voice.flac",
        background="results/{video}/_shared/background.flac",
        facts="results/{video}/_shared/separation.json",
    log:
        "logs/{video}/separate.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        separator=separator_name,
        settings=separator_values,
        weights=separator_weights,
        given=get_background,
        content=content_of(get_background),
        code=separating_versions(code_version),
        packages=separating_versions(package_versions),
    threads: 2
    resources:
        mem_mb=separating_mem_mb,
        gpu=separating_gpus,
        runtime=minutes(30),
    priority: 90
    shell:
        in_process("separate")
