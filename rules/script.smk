# Local: an edit of a line is seen within a second.
rule script:
    input:
        translation="results/{video}/{language}/translation.json",
        facts="results/{video}/_shared/source.json",
    output:
        table="results/{video}/{language}/script.tsv",
    log:
        "logs/{video}/{language}/script.log",
    conda:
        "../envs/mouthpiece.yaml"
    params:
        edits=line_edits,
        glossary=glossary,
        loops=made_and_looped,
        syllables_per_s=syllables_per_s,
        code=code_version("stages.script"),
    threads: 1
    resources:
        mem_mb=mem_mb(1000),
        runtime=minutes(15),
    priority: 80
    shell:
        in_worker("script")


# What the dub is made of: an approval or a note, which script.tsv has, speaks nothing and joins no film.
use rule script as spoken with:
    output:
        table="results/{video}/{language}/spoken.tsv",
    log:
        "logs/{video}/{language}/spoken.log",
    params:
        edits=spoken_edits,
