# For films whose dub is made here.
rule translate:
    input:
        transcript="results/{video}/_shared/transcript.json",
        facts="results/{video}/_shared/source.json",
    output:
        translation="results/{video}/{language}/translation.json",
    log:
        "logs/{video}/{language}/translate.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        target=language_tag,
        translators=translating_settings,
        runtime_options=translating_options,
        glossary=glossary,
        syllables_per_s=syllables_per_s,
        loops=made_and_looped,
        given_script=get_dub_script,
        content=content_of(get_dub_script),
        given=given_dub,
        weights=translating_weights,
        code=translating_versions(code_version),
        packages=translating_versions(package_versions),
    threads: translating_cores
    resources:
        mem_mb=translating_mem_mb,
        gpu=translating_gpus,
        runtime=minutes(30),
    priority: 80
    shell:
        in_process("translate")
