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
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("speaker"),
        scorer=SCORER,
        limits=LIMITS.speaking_limits.model_dump(),
        weights=LIMITS.weights_version(),
        code=code_version("stages.speaker", SCORER_CODE),
        packages=package_versions("stages.speaker", SCORER_CODE),
        rerun_token=rerun_token("speaker"),
    threads: 1
    resources:
        mem_mb=mem_mb(LIMITS.mem_mb),
        runtime=minutes(5),
        attempt=number_of_attempt,
    shell:
        in_worker("speaker")
