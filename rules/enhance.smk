rule enhance:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        speech="results/{video}/{language}/cuts/{cut}/speech.wav",
        draft="results/{video}/{language}/cuts/{cut}/draft.zip",
        row="results/{video}/{language}/cuts/{cut}/draft.json",
        score="results/{video}/{language}/cuts/{cut}/score.json",
        source=source_score,
    output:
        draft="results/{video}/{language}/cuts/{cut}/enhanced/draft.zip",
        row="results/{video}/{language}/cuts/{cut}/enhanced/draft.json",
        score="results/{video}/{language}/cuts/{cut}/enhanced/score.json",
    log:
        "logs/{video}/{language}/{cut}/enhance.log",
    benchmark:
        "timings/{video}/{language}/{cut}/enhance.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("enhance"),
        source_cut=source_cut,
        final=is_final,
        gate=judge(),
        weights=restorer_weights,
        steps=code_version("patches.deflicker", "patches.restore", "patches.gfpgan"),
        scorer_weights=weights_version(PROJECT.settings.gate.scorer),
        code=code_version("stages.enhance", f"scorers.{PROJECT.settings.gate.scorer}"),
        mark=mark("enhance"),
    threads: 1
    resources:
        mem_mb=max(3000, PROJECT.settings.gate.limits.mem_mb),
        gpu=enhancing_gpus,
        attempt=number_of_attempt,
    script:
        "../workflow_scripts/enhance.py"
