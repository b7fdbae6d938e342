rule gate:
    input:
        boundaries="results/{video}/_shared/boundaries.tsv",
        loop=loop_table,
        guards=each_source_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
        faces="results/{video}/_shared/faces.tsv",
        sync="results/{video}/_shared/sync.json",
        # So that this checkpoint is known from the start: Snakemake 9.27 does not look again at the jobs
        # of drafts, which another checkpoint reveals.
        slices="results/{video}/{language}/slices.json",
        drafts=each_drafted("draft.json"),
        scores=each_drafted("score.json"),
    output:
        delivery="results/{video}/{language}/delivery.tsv",
    log:
        "logs/{video}/{language}/gate.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        limits=DRAFT_LIMITS,
        deliver=PROJECT.settings.gate.deliver.model_dump(),
        decisions=gate_decisions,
        max_fault_share=PROJECT.settings.faults.max_share,
        code=code_version("stages.gate"),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("gate")
