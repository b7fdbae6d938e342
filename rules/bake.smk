rule bake:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        track=SHARED_CUT + "/track.npz",
    output:
        avatar=SHARED_CUT + "/avatar.zip",
    log:
        "logs/{video}/{cut}/bake.log",
    benchmark:
        "timings/{video}/{cut}/bake.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        engine=baked_engine,
        code=engine_code("bake"),
    threads: 1
    resources:
        mem_mb=3000,
    script:
        "../workflow_scripts/bake.py"
