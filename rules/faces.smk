# It is a checkpoint so that only cuts that may be redrawn are baked, drafted, scored and encoded again.
checkpoint faces:
    input:
        boundaries="results/{video}/_shared/boundaries.tsv",
        guards=each_shared_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
    output:
        table="results/{video}/_shared/faces.tsv",
        sync="results/{video}/_shared/sync.json",
    log:
        "logs/{video}/faces.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        scorer=SCORER,
        limits=LIMITS.speaking_limits.model_dump(),
        code=code_version("stages.faces"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    priority: 60
    shell:
        in_worker_by_lines("faces")
