rule enhance:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        speech=cut_speech,
        draft=scored("draft.zip"),
        row=scored("draft.json"),
        score=scored("score.json"),
        source=source_score,
    output:
        draft="results/{video}/{language}/cuts/{cut}/enhanced/draft.zip",
        row="results/{video}/{language}/cuts/{cut}/enhanced/draft.json",
        score="results/{video}/{language}/cuts/{cut}/enhanced/score.json",
    log:
        "logs/{video}/{language}/{cut}/enhance.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("enhance"),
        source_cut=source_cut,
        face=face_of_source_cut,
        final=is_final,
        scorer=SCORER,
        limits=DRAFT_LIMITS,
        weights=restorer_weights,
        steps=enhancing_code,
        scorer_weights=LIMITS.weights_version(),
        code=code_version("stages.enhance", "faces.embedding", SCORER_CODE),
        packages=enhancing_packages,
        rerun_token=rerun_token("enhance"),
    threads: enhancing_cores
    resources:
        mem_mb=mem_mb(max(3000, LIMITS.mem_mb)),
        runtime=minutes(10),
        gpu=enhancing_gpus,
        attempt=number_of_attempt,
        worker=enhancing_worker,
    shell:
        in_worker("enhance", kind="{resources.worker}")
