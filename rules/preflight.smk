# One job a video, before all others of it. Its key is a part of the key of `normalize`, so that a new
# language or another version of the check redoes nothing. It is no `ancient` input: Snakemake 9.27
# forgets the other jobs that depend on a job that it redoes for a changed param.
rule preflight:
    output:
        facts="results/{video}/_shared/preflight.json",
    log:
        "logs/{video}/preflight.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        footage=footage,
        content=content_of(get_source),
        settings=normalize_settings,
        dubs=given_dubs,
        delivery=checked_delivery,
        weights_problem=weights_problem,
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=60,
    priority: 100
    shell:
        in_worker("preflight")


# The same for `mouthpiece check`. No job depends on it.
use rule preflight as check with:
    output:
        facts="results/{video}/_shared/check.json",
    log:
        "logs/{video}/check.log",
