rule draft:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        avatar=of_shown("results/{video}/_shared/cuts/{cut}/avatar.zip"),
        track=of_shown("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        speech="results/{video}/{language}/cuts/{cut}/speech.wav",
    output:
        draft="results/{video}/{language}/cuts/{cut}/draft.zip",
        row="results/{video}/{language}/cuts/{cut}/draft.json",
    log:
        "logs/{video}/{language}/{cut}/draft.log",
    benchmark:
        "timings/{video}/{language}/{cut}/draft.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        engine=engine,
        baked=baked_engine,
        chances=second_chances(),
        shown=shown,
        code=engine_code("draft"),
    threads: 1
    resources:
        mem_mb=3000,
        gpu=gpus,
        worker_idle_s=worker_idle_s,
    script:
        "../workflow_scripts/draft.py"
