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
