# Is one clear face seen, and does it speak?
rule guard:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        speech="results/{video}/_shared/speech.wav",
    output:
        verdict="results/{video}/_shared/cuts/{cut}/guard.json",
        track="results/{video}/_shared/cuts/{cut}/spoken.npz",
    log:
        "logs/{video}/{cut}/guard.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("guard"),
        speaker=section("speaker"),
        scorer=SCORER,
        limits=LIMITS.speaking_limits.model_dump(),
        hearing=HEARING,
        weights=[
            weights_version(("guard",)),
            LIMITS.weights_version(),
            LIMITS.hearing_weights_version(HEARING),
        ],
        code=code_version("stages.guard", SCORER_CODE),
        packages=guard_packages(),
        rerun_token=rerun_token("guard"),
    threads: 1
    resources:
        mem_mb=mem_mb(max(1500, LIMITS.mem_mb)),
        runtime=minutes(5),
        attempt=number_of_attempt,
    # Nothing is baked or drafted before all cuts of a video are guarded.
    priority: 60
    shell:
        in_worker("guard")
