# One job a video, before all others of it. What it finds is in no result: other rules take its output
# as `ancient`, so that a new language redoes the check and nothing else.
rule preflight:
    output:
        facts="results/{video}/_shared/preflight.json",
    log:
        "logs/{video}/preflight.log",
    benchmark:
        "timings/{video}/preflight.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        footage=checked_footage,
        dubs=checked_dubs,
        weights_problem=weights_problem,
        contents=checked_contents,
        settings=checked_settings,
        code=code_version("stages.preflight"),
        packages=package_versions("stages.preflight"),
    priority: 100
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=60,
    script:
        "../workflow_scripts/preflight.py"
