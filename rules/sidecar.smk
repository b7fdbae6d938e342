# After all else: it has the hashes of the delivered files. No other job reads it.
rule sidecar:
    input:
        deliverables=deliverables,
        delivery="results/{video}/{language}/delivery.tsv",
        drafts=each_drafted("draft.json"),
        source="results/{video}/_shared/source.json",
        film="results/{video}/{language}/film.json",
        takes=marked_takes,
        translation=marked_translation,
    output:
        sidecar="results/{video}/{language}/{video}.{language}.json",
    log:
        "logs/{video}/{language}/sidecar.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        video="{video}",
        language=language_tag,
        content=content_of(get_source),
        kind=kind_of_dub,
        sign=PROVENANCE.sign,
        models=dubbing_models,
        settings=dubbing_settings,
        code=code_version("stages.sidecar"),
    threads: 1
    resources:
        mem_mb=mem_mb(500),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("sidecar")
