rule stems:
    input:
        facts="results/{video}/{language}/film.json",
        source="results/{video}/_shared/source.json",
        mix=film_sound,
        dialogue=stem_dialogue,
        background=stem_background,
        delivery=marked_delivery,
        drafts=marked_drafts,
        takes=marked_takes,
        translation=marked_translation,
    output:
        folder=directory("results/{video}/{language}/stems"),
        facts="results/{video}/{language}/stems.json",
    log:
        "logs/{video}/{language}/stems.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        video="{video}",
        dub="{language}",
        form=PROJECT.settings.delivery.stem_form,
        original=get_source,
        marks=marking,
        signing=signing,
        code=with_marks(code_version, "stages.stems"),
        packages=with_marks(package_versions, "stages.stems"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("stems")
