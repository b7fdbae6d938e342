rule guard:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
    output:
        verdict="results/{video}/_shared/cuts/{cut}/guard.json",
        faces="results/{video}/_shared/cuts/{cut}/faces.npz",
    log:
        "logs/{video}/{cut}/guard.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=section("guard"),
        weights=weights_version(("guard",)),
        code=code_version("stages.guard"),
        packages=package_versions("stages.guard"),
        rerun_token=rerun_token("guard"),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(5),
        attempt=number_of_attempt,
    shell:
        in_worker("guard")
