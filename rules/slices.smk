# It is a checkpoint so that an edited dub redoes only the cuts that hear the edit: each cut's part of the
# speech is an input whose name tells what it holds.
checkpoint slices:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        boundaries="results/{video}/_shared/boundaries.tsv",
        loop=loop_table,
        speech="results/{video}/{language}/speech.wav",
    output:
        listing="results/{video}/{language}/slices.json",
    log:
        "logs/{video}/{language}/slices.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        code=code_version("stages.slices"),
        packages=package_versions("stages.slices"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker("slices")
