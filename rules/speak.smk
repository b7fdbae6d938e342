rule speak:
    input:
        script="results/{video}/{language}/spoken.tsv",
        transcript="results/{video}/_shared/transcript.json",
        facts="results/{video}/_shared/source.json",
    output:
        takes="results/{video}/{language}/takes.json",
    log:
        "logs/{video}/{language}/speak.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        language=language_tag,
        settings=voice_settings,
        versions=voice_versions,
        offered=offered_voices,
        voices=chosen_voices,
        named_speakers=named_speakers,
        recordings=line_recordings,
        recorded=recordings_content,
        fit=fit_settings,
        loops=made_and_looped,
        code=code_version("stages.speak"),
        packages=package_versions("stages.speak"),
    threads: 2
    resources:
        mem_mb=speaking_mem_mb,
        runtime=minutes(30),
    priority: 90
    shell:
        in_process("speak")
