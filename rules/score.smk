rule score:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        draft="results/{video}/{language}/cuts/{cut}/draft.zip",
        speech=cut_speech,
    output:
        score="results/{video}/{language}/cuts/{cut}/score.json",
    log:
        "logs/{video}/{language}/{cut}/score.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        scorer=SCORER,
        source_cut=source_cut,
        face=face_of_source_cut,
        weights=LIMITS.weights_version(),
        code=code_version("stages.score", SCORER_CODE),
        packages=package_versions("stages.score", SCORER_CODE),
        rerun_token=rerun_token("score"),
    threads: 1
    resources:
        mem_mb=mem_mb(LIMITS.mem_mb),
        runtime=minutes(5),
        attempt=number_of_attempt,
    shell:
        in_worker("score")


use rule score as score_final with:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        draft="results/{video}/{language}/cuts/{cut}/final/drawn.zip",
        speech=cut_speech,
    output:
        score="results/{video}/{language}/cuts/{cut}/final/drawn_score.json",
    log:
        "logs/{video}/{language}/{cut}/score_final.log",
    params:
        rerun_token=rerun_token("score_final"),
