rule package:
    input:
        master="results/{video}/{language}/master.mp4",
    output:
        film="results/{video}/{language}/{video}.{language}.mp4",
    log:
        "logs/{video}/{language}/package.log",
    benchmark:
        "timings/{video}/{language}/package.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        profile="master",
        code=code_version("stages.package"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    script:
        "../workflow_scripts/package.py"
