# For films whose dub is made here.
rule heard:
    input:
        takes="results/{video}/{language}/takes.json",
        script="results/{video}/{language}/spoken.tsv",
    output:
        facts="results/{video}/{language}/heard.json",
    log:
        "logs/{video}/{language}/heard.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        language=language_tag,
        recognizer=hearing_recognizer,
        version=hearing_version,
        code=code_version("stages.heard"),
        packages=package_versions("stages.heard"),
    threads: 1
    resources:
        mem_mb=hearing_mem_mb,
        gpu=hearing_gpus,
        runtime=60,
    shell:
        in_process("heard")


rule background_words:
    input:
        background="results/{video}/_shared/background.flac",
        separation="results/{video}/_shared/separation.json",
        transcript="results/{video}/_shared/transcript.json",
    output:
        facts="results/{video}/_shared/background_words.json",
    log:
        "logs/{video}/background_words.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        recognizer=hearing_recognizer,
        version=hearing_version,
        code=code_version("stages.background_words"),
        packages=package_versions("stages.background_words"),
    threads: 1
    resources:
        mem_mb=hearing_mem_mb,
        gpu=hearing_gpus,
        runtime=60,
    shell:
        in_process("background_words")
