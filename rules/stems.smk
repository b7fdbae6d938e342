rule stems:
    input:
        facts="results/{video}/{language}/film.json",
        source="results/{video}/_shared/source.json",
        mix=film_sound,
        dialogue=stem_dialogue,
        background=stem_background,
    output:
        folder=directory("results/{video}/{language}/stems"),
        facts="results/{video}/{language}/stems.json",
    log:
        "logs/{video}/{language}/stems.log",
    benchmark:
        "timings/{video}/{language}/stems.tsv"
    conda:
        "../envs/mouthpiece.yaml"
    params:
        video="{video}",
        dub="{language}",
        form=PROJECT.settings.delivery.stem_form,
        code=code_version("stages.stems"),
        packages=package_versions("stages.stems"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    script:
        "../workflow_scripts/stems.py"
