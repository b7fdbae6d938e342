rule review:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        source_audio=SHARED + "/source.flac",
        table=FILM + "/cuts.tsv",
        originals=each_cut(SHARED_CUT + "/original.mp4"),
        lipsynced=each_cut(CUT + "/lipsync.mp4"),
        dub=get_dub,
    output:
        page=report(
            directory(FILM + "/review"),
            htmlindex="index.html",
            category="Review",
            labels={"video": "{video}", "language": "{language}"},
            caption="../report/review.rst",
        ),
    log:
        "logs/{video}/{language}/review.log",
    benchmark:
        "timings/{video}/{language}/review.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        gate=PROJECT.settings.gate.model_dump(),
        guard=PROJECT.settings.guard.model_dump(),
        code=code_version("review"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/review.py"
