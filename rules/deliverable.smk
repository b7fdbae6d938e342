rule deliverable:
    input:
        mezzanine="results/{video}/_shared/mezzanine.mp4",
        delivery="results/{video}/{language}/delivery.tsv",
        patches=each_drafted("draft.zip"),
        facts="results/{video}/{language}/film.json",
        sound=film_sound,
        web="results/{video}/{language}/{video}.{language}.mp4",
        source="results/{video}/_shared/source.json",
        drafts=marked_drafts,
        takes=marked_takes,
        translation=marked_translation,
    output:
        file="results/{video}/{language}/{video}.{language}.{profile}.{form}",
        facts="results/{video}/{language}/{profile}.{form}.json",
    log:
        "logs/{video}/{language}/deliverable.{profile}.{form}.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        settings=profile_settings,
        original=get_source,
        marks=marking,
        signing=signing,
        code=with_marks(code_version, "stages.deliverable"),
        packages=with_marks(package_versions, "stages.deliverable"),
    threads: 2
    resources:
        mem_mb=mem_mb(3000),
        runtime=60,
    wildcard_constraints:
        profile="|".join(ENCODED),
        form="mp4|mov|mxf",
    shell:
        in_worker_by_lines("deliverable")
