# The sound gate. It stops no film, and no film waits for it.
rule lines:
    input:
        script="results/{video}/{language}/script.tsv",
        takes="results/{video}/{language}/takes.json",
        heard=heard_facts,
        background=audible_facts,
        cuts="results/{video}/{language}/cuts.tsv",
        guards=each_source_cut("results/{video}/_shared/cuts/{cut}/guard.json"),
        source="results/{video}/_shared/source.json",
    output:
        table=report(
            "results/{video}/{language}/lines.tsv",
            category="Lines",
            labels={"video": "{video}", "language": "{language}"},
            caption="../report/lines.rst",
        ),
        facts="results/{video}/{language}/lines.json",
    log:
        "logs/{video}/{language}/lines.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        language=language_tag,
        settings=PROJECT.settings.sound_gate.model_dump(exclude={"hear"}),
        code=code_version("stages.lines"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    shell:
        in_worker_by_lines("lines")
