# For videos of which a dub is made here. Nothing but the page waits for it.
rule speakers:
    input:
        transcript="results/{video}/_shared/transcript.json",
        source="results/{video}/_shared/source.json",
        boundaries="results/{video}/_shared/boundaries.tsv",
        guards=each_shared_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
        sync="results/{video}/_shared/sync.json",
    output:
        speakers="results/{video}/_shared/speakers.json",
    log:
        "logs/{video}/speakers.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        code=code_version("stages.speakers"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("speakers")
