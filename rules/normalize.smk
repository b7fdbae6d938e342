rule normalize:
    input:
        source=get_source,
    output:
        mezzanine=SHARED + "/mezzanine.mp4",
        audio=SHARED + "/source.flac",
        facts=SHARED + "/source.json",
    log:
        "logs/{video}/normalize.log",
    benchmark:
        "timings/{video}/normalize.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("normalize"),
        code=code_version("normalize"),
    threads: 2
    resources:
        mem_mb=2000,
    script:
        "../workflow_scripts/normalize.py"
