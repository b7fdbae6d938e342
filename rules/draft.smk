rule draft:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        avatar=of_source_cut("results/{video}/_shared/cuts/{cut}/avatar.zip"),
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        speech=cut_speech,
        source=retry_source,
    output:
        draft="results/{video}/{language}/cuts/{cut}/draft.zip",
        row="results/{video}/{language}/cuts/{cut}/draft.json",
    log:
        "logs/{video}/{language}/{cut}/draft.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        engine=engine_name,
        settings=drafted_settings,
        runtime_options=runtime_options,
        may_leave=may_leave,
        weights=drafted_weights,
        baked=baked_settings,
        retry=retry_policy,
        retry_weights=retry_weights,
        source_cut=source_cut,
        face=face_of_source_cut,
        code=drafting_code,
        packages=drafting_packages,
        rerun_token=rerun_token("draft"),
    threads: 1
    resources:
        mem_mb=engine_mem_mb,
        runtime=minutes(10),
        gpu=gpus,
        attempt=number_of_attempt,
        worker=worker_kind,
    shell:
        in_worker("draft", kind="{resources.worker}")


use rule draft as draft_final with:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        avatar=of_source_cut("results/{video}/_shared/cuts/{cut}/final/avatar.zip"),
        track=of_source_cut("results/{video}/_shared/cuts/{cut}/spoken.npz"),
        speech=cut_speech,
        source=of_final(retry_source),
    output:
        draft="results/{video}/{language}/cuts/{cut}/final/drawn.zip",
        row="results/{video}/{language}/cuts/{cut}/final/drawn.json",
    log:
        "logs/{video}/{language}/{cut}/draft_final.log",
    params:
        engine=of_final(engine_name),
        settings=of_final(drafted_settings),
        runtime_options=of_final(runtime_options),
        weights=of_final(drafted_weights),
        baked=of_final(baked_settings),
        retry=of_final(retry_policy),
        retry_weights=of_final(retry_weights),
        code=of_final(drafting_code),
        packages=of_final(drafting_packages),
        rerun_token=rerun_token("draft_final"),
    resources:
        mem_mb=of_final(engine_mem_mb),
        runtime=minutes(10),
        gpu=of_final(gpus),
        attempt=number_of_attempt,
        worker=of_final(worker_kind),
