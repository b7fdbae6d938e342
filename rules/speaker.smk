rule source_speech:
    input:
        sound="results/{video}/_shared/source.flac",
    output:
        speech="results/{video}/_shared/speech.wav",
    log:
        "logs/{video}/source_speech.log",
    benchmark:
        "timings/{video}/source_speech.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        code=code_version("stages.speech"),
    threads: 1
    resources:
        mem_mb=1500,
    script:
        "../workflow_scripts/speech.py"


rule speaker:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        guard="results/{video}/_shared/cuts/{cut}/guard.json",
        faces="results/{video}/_shared/cuts/{cut}/faces.npz",
        speech="results/{video}/_shared/speech.wav",
    output:
        verdict="results/{video}/_shared/cuts/{cut}/speaker.json",
        track="results/{video}/_shared/cuts/{cut}/spoken.npz",
    log:
        "logs/{video}/{cut}/speaker.log",
    benchmark:
        "timings/{video}/{cut}/speaker.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("speaker"),
        scorer=PROJECT.settings.gate.scorer,
        limits=speaking_limits(),
        weights=weights_version(PROJECT.settings.gate.scorer),
        code=code_version("stages.speaker", f"scorers.{PROJECT.settings.gate.scorer}"),
        mark=mark("speaker"),
    threads: 1
    resources:
        mem_mb=PROJECT.settings.gate.limits.mem_mb,
        attempt=number_of_attempt,
    script:
        "../workflow_scripts/speaker.py"
