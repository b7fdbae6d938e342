rule original:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
    output:
        segment=SHARED_CUT + "/original.mp4",
    log:
        "logs/{video}/{cut}/original.log",
    benchmark:
        "timings/{video}/{cut}/original.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=encoding(),
        code=code_version("deliver"),
    threads: 1
    resources:
        mem_mb=2000,
    script:
        "../workflow_scripts/segment.py"


rule lipsync:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        draft=CUT + "/draft.zip",
    output:
        segment=CUT + "/lipsync.mp4",
    log:
        "logs/{video}/{language}/{cut}/lipsync.log",
    benchmark:
        "timings/{video}/{language}/{cut}/lipsync.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=encoding(),
        code=code_version("deliver"),
    threads: 1
    resources:
        mem_mb=2000,
    script:
        "../workflow_scripts/segment.py"


rule film:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        table=FILM + "/cuts.tsv",
        originals=each_cut(SHARED_CUT + "/original.mp4"),
        lipsynced=each_cut(CUT + "/lipsync.mp4"),
        drafts=each_cut(CUT + "/draft.zip"),
        dub=get_dub,
    output:
        film=FILM + "/{video}.{language}.mp4",
    log:
        "logs/{video}/{language}/film.log",
    benchmark:
        "timings/{video}/{language}/film.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=PROJECT.settings.delivery.model_dump(),
        policy=get_policy,
        code=code_version("deliver"),
    threads: 1
    resources:
        mem_mb=2000,
    script:
        "../workflow_scripts/film.py"
