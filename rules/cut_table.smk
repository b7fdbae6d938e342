# Not part of the gate, so that a note or a new column does not redo the film.
rule cut_table:
    input:
        boundaries="results/{video}/_shared/boundaries.tsv",
        loop=loop_table,
        guards=each_source_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
        faces="results/{video}/_shared/faces.tsv",
        sync="results/{video}/_shared/sync.json",
        drafts=each_drafted("draft.json"),
        scores=each_drafted("score.json"),
        delivery="results/{video}/{language}/delivery.tsv",
    output:
        table=report(
            "results/{video}/{language}/cuts.tsv",
            category="Cuts",
            labels={"video": "{video}", "language": "{language}"},
            caption="../report/cuts.rst",
        ),
    log:
        "logs/{video}/{language}/cut_table.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        scorer=SCORER,
        limits=DRAFT_LIMITS,
        deliver=PROJECT.settings.gate.deliver.model_dump(),
        decisions=get_decisions,
        engines=engines_of_cuts,
        code=code_version("stages.cut_table"),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("cut_table")
