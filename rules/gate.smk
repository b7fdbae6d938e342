rule score:
    input:
        mezzanine=SHARED + "/mezzanine.mp4",
        track=SHARED_CUT + "/track.npz",
        draft=CUT + "/draft.zip",
        speech=CUT + "/speech.wav",
    output:
        score=CUT + "/score.json",
    log:
        "logs/{video}/{language}/{cut}/score.log",
    benchmark:
        "timings/{video}/{language}/{cut}/score.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        scorer=PROJECT.settings.gate.scorer,
        weights=weights_version(PROJECT.settings.gate.scorer),
        code=code_version("gate", f"scorers.{PROJECT.settings.gate.scorer}"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/score.py"


rule gate:
    input:
        boundaries=SHARED + "/boundaries.tsv",
        guards=each_cut(SHARED_CUT + "/guard.json"),
        drafts=each_cut(CUT + "/draft.json"),
        scores=each_cut(CUT + "/score.json"),
    output:
        table=report(
            FILM + "/cuts.tsv",
            category="Cuts",
            labels={"video": "{video}", "language": "{language}"},
            caption="../report/cuts.rst",
        ),
    log:
        "logs/{video}/{language}/gate.log",
    benchmark:
        "timings/{video}/{language}/gate.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=PROJECT.settings.gate.model_dump(),
        decisions=get_decisions,
        code=code_version("gate"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/gate.py"
