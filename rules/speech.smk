rule speech:
    input:
        sound="results/{video}/{language}/dub.flac",
    output:
        speech="results/{video}/{language}/speech.wav",
    log:
        "logs/{video}/{language}/speech.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        code=code_version("stages.speech"),
        packages=package_versions("stages.speech"),
    threads: 1
    resources:
        mem_mb=mem_mb(1500),
        runtime=minutes(15),
    shell:
        in_worker("speech")


use rule speech as source_speech with:
    input:
        sound="results/{video}/_shared/source.flac",
    output:
        speech="results/{video}/_shared/speech.wav",
    log:
        "logs/{video}/source_speech.log",
