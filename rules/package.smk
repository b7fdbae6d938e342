rule package:
    input:
        master="results/{video}/{language}/master.mp4",
        facts="results/{video}/{language}/film.json",
        dub=film_sound,
        source="results/{video}/_shared/source.json",
        sound="results/{video}/_shared/source.flac",
        delivery=marked_delivery,
        drafts=marked_drafts,
        takes=marked_takes,
        translation=marked_translation,
        subtitles=soft_tracks,
    output:
        film="results/{video}/{language}/{video}.{language}.mp4",
        facts="results/{video}/{language}/package.json",
    log:
        "logs/{video}/{language}/package.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        source=get_source,
        content=content_of(get_source),
        keep=PROJECT.settings.delivery.keep.model_dump(),
        shown=PROJECT.settings.subtitles.shown,
        bitrate_kbps=PROJECT.settings.delivery.audio_bitrate_kbps,
        marks=marking,
        signing=signing,
        code=with_marks(code_version, "stages.package"),
        packages=with_marks(package_versions, "stages.package"),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("package")
