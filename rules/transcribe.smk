# For videos of which a dub is made here.
rule transcribe:
    input:
        voice="results/{video}/_shared/voice.flac",
    output:
        transcript="results/{video}/_shared/transcript.json",
    log:
        "logs/{video}/transcribe.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        language=spoken_language,
        speakers=number_of_speakers,
        settings=lines_settings,
        recognizer=recognizer_name,
        recognizer_settings=recognizer_values,
        given_script=get_source_script,
        content=content_of(get_source_script),
        weights=recognizing_weights,
        code=recognizing_versions(code_version),
        packages=recognizing_versions(package_versions),
    threads: 2
    resources:
        mem_mb=recognizing_mem_mb,
        gpu=recognizing_gpus,
        runtime=minutes(30),
    priority: 85
    shell:
        in_process("transcribe")
