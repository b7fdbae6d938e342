rule guard:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
    output:
        verdict=SHARED_CUT + "/guard.json",
        track=SHARED_CUT + "/track.npz",
    log:
        "logs/{video}/{cut}/guard.log",
    benchmark:
        "timings/{video}/{cut}/guard.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("guard"),
        weights=weights_version("guard"),
        code=code_version("guard"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/guard.py"
