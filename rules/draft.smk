rule draft:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        avatar=SHARED_CUT + "/avatar.zip",
        track=SHARED_CUT + "/track.npz",
        speech=CUT + "/speech.wav",
    output:
        draft=CUT + "/draft.zip",
        row=CUT + "/draft.json",
    log:
        "logs/{video}/{language}/{cut}/draft.log",
    benchmark:
        "timings/{video}/{language}/{cut}/draft.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        engine=engine,
        code=engine_code("draft"),
    threads: 1
    resources:
        mem_mb=3000,
    script:
        "../workflow_scripts/draft.py"
