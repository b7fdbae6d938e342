checkpoint cuts:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        override=get_cut_override,
    output:
        boundaries="results/{video}/_shared/boundaries.tsv",
    log:
        "logs/{video}/cuts.log",
    benchmark:
        "timings/{video}/cuts.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("cuts"),
        code=code_version("stages.cuts"),
    threads: 1
    resources:
        mem_mb=2000,
    script:
        "../workflow_scripts/cuts.py"
