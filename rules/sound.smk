# Not part of the film, so that it is encoded while cuts are drawn.
rule sound:
    input:
        dub="results/{video}/{language}/dub.flac",
        mixed=film_mix,
        mix=mix_facts,
        source="results/{video}/_shared/source.json",
    output:
        track="results/{video}/{language}/sound.m4a",
        facts="results/{video}/{language}/sound.json",
    log:
        "logs/{video}/{language}/sound.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=sound_settings(),
        policy=get_policy,
        language=language_tag,
        code=sound_versions(code_version),
        packages=sound_versions(package_versions),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(30),
    priority: 10  # before the drawing of cuts, or it would be left for the end of a long film
    shell:
        in_worker("sound")
