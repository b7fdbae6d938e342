rule dub:
    input:
        preflight="results/{video}/_shared/preflight.json",
        takes=made_takes,
        clock=made_clock,
    output:
        dub="results/{video}/{language}/dub.flac",
        facts="results/{video}/{language}/dub.json",
    log:
        "logs/{video}/{language}/dub.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        given=given_dub,
        loops=made_and_looped,
        delivery=checked_delivery,
        content=content_of(get_dub),
        code=dub_versions(code_version),
        packages=dub_versions(package_versions),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(15),
    priority: 90
    shell:
        in_worker("dub")
