rule bake:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        track="results/{video}/_shared/cuts/{cut}/spoken.npz",
    output:
        avatar="results/{video}/_shared/cuts/{cut}/avatar.zip",
    log:
        "logs/{video}/{cut}/bake.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        face=face_of_cut,
        engine=engine_name,
        settings=baked_settings,
        runtime_options=baking_options,
        weights=baked_weights,
        code=engine_versions(code_version, "stages.bake"),
        packages=engine_packages("stages.bake"),
        rerun_token=rerun_token("bake"),
    threads: baking_cores
    resources:
        mem_mb=engine_mem_mb,
        runtime=minutes(10),
        gpu=gpus,
        attempt=number_of_attempt,
        worker=worker_kind,
    shell:
        in_worker("bake", kind="{resources.worker}")


use rule bake as bake_final with:
    output:
        avatar="results/{video}/_shared/cuts/{cut}/final/avatar.zip",
    log:
        "logs/{video}/{cut}/bake_final.log",
    params:
        engine=of_final(engine_name),
        settings=of_final(baked_settings),
        runtime_options=of_final(baking_options),
        weights=of_final(baked_weights),
        code=of_final(engine_versions(code_version, "stages.bake")),
        packages=of_final(engine_packages("stages.bake")),
        rerun_token=rerun_token("bake_final"),
    threads: of_final(baking_cores)
    resources:
        mem_mb=of_final(engine_mem_mb),
        runtime=minutes(10),
        gpu=of_final(gpus),
        attempt=number_of_attempt,
        worker=of_final(worker_kind),
