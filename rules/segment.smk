rule original:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
    output:
        segment="results/{video}/_shared/cuts/{cut}/original.mp4",
    log:
        "logs/{video}/{cut}/original.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        encoding=encoding(),
        source_cut={},
        code=code_version("stages.segment"),
        packages=package_versions("stages.segment"),
    threads: 1
    resources:
        mem_mb=mem_mb(2000),
        runtime=minutes(5),
    shell:
        in_worker("segment")


use rule original as original_reversed with:
    output:
        segment="results/{video}/_shared/cuts/{cut}/reversed.mp4",
    log:
        "logs/{video}/{cut}/reversed.log",
    params:
        source_cut=reversed_source_cut,


use rule original as original_short with:
    output:
        segment="results/{video}/{language}/cuts/{cut}/original.mp4",
    log:
        "logs/{video}/{language}/{cut}/original.log",
    params:
        source_cut=source_cut,


rule lipsync:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        draft=get_draft,
        speech=cut_speech,
    output:
        segment="results/{video}/{language}/cuts/{cut}/lipsync.mp4",
    log:
        "logs/{video}/{language}/{cut}/lipsync.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        encoding=encoding(),
        source_cut=source_cut,
        code=code_version("stages.segment"),
        packages=package_versions("stages.segment"),
    threads: 1
    resources:
        mem_mb=mem_mb(2000),
        runtime=minutes(5),
    shell:
        in_worker("segment")
