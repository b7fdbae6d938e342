rule bake:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track="results/{video}/_shared/cuts/{cut}/spoken.npz",
    output:
        avatar="results/{video}/_shared/cuts/{cut}/avatar.zip",
    log:
        "logs/{video}/{cut}/bake.log",
    benchmark:
        "timings/{video}/{cut}/bake.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        engine=baked_engine,
        neutral=neutral,
        code=engine_code("stages.bake"),
        mark=mark("bake"),
    threads: baking_cores
    resources:
        mem_mb=engine_mem_mb,
        gpu=gpus,
        attempt=number_of_attempt,
        worker_idle_s=worker_idle_s,
    script:
        "../workflow_scripts/bake.py"
