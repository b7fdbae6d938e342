checkpoint cuts:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
    output:
        boundaries="results/{video}/_shared/boundaries.tsv",
    log:
        "logs/{video}/cuts.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        override=get_cut_override,
        content=content_of(get_cut_override),
        settings=cut_settings,
        guard=people_settings,
        weights=people_weights,
        code=cut_versions(code_version),
        packages=cut_versions(package_versions),
    threads: 4
    resources:
        mem_mb=mem_mb(2000),
        runtime=60,
    priority: 70
    shell:
        in_worker("cuts")
