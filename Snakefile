"""Mouthpiece: localize video, cut by cut. See README.md; config/README.md has every key."""

from snakemake.utils import min_version

min_version("9.27")


report: "report/workflow.rst"


include: "rules/lib/config.smk"
include: "rules/lib/project.smk"
include: "rules/lib/sound.smk"
include: "rules/lib/transcription.smk"
include: "rules/lib/translation.smk"
include: "rules/lib/mix.smk"
include: "rules/lib/hearing.smk"
include: "rules/lib/voices.smk"
include: "rules/lib/separation.smk"
include: "rules/lib/cuts.smk"
include: "rules/lib/subtitles.smk"
include: "rules/lib/limits.smk"
include: "rules/lib/provenance.smk"
include: "rules/lib/script_tab.smk"
include: "rules/lib/preflight.smk"
include: "rules/lib/engines.smk"
include: "rules/lib/gate.smk"
include: "rules/lib/final.smk"
include: "rules/lib/worker.smk"
include: "rules/lib/faults.smk"
include: "rules/lib/progress.smk"
include: "rules/lib/scheduler.smk"
include: "rules/lib/cache.smk"
include: "rules/lib/warm_up.smk"
include: "rules/lib/delivery.smk"
include: "rules/lib/part.smk"
include: "rules/preflight.smk"
include: "rules/normalize.smk"
include: "rules/separate.smk"
include: "rules/cuts.smk"
include: "rules/speak.smk"
include: "rules/dub.smk"
include: "rules/transcribe.smk"
include: "rules/translate.smk"
include: "rules/script.smk"
include: "rules/loop.smk"
include: "rules/guard.smk"
include: "rules/faces.smk"
include: "rules/speakers.smk"
include: "rules/bake.smk"
include: "rules/speech.smk"
include: "rules/slices.smk"
include: "rules/draft.smk"
include: "rules/enhance.smk"
include: "rules/score.smk"
include: "rules/final.smk"
include: "rules/gate.smk"
include: "rules/cut_table.smk"
include: "rules/segment.smk"
include: "rules/mix.smk"
include: "rules/heard.smk"
include: "rules/lines.smk"
include: "rules/subtitles.smk"
include: "rules/sound.smk"
include: "rules/film.smk"
include: "rules/package.smk"
include: "rules/deliverable.smk"
include: "rules/stems.smk"
include: "rules/multilingual.smk"
include: "rules/sidecar.smk"
include: "rules/review.smk"
include: "rules/overview.smk"
include: "rules/run_summary.smk"


look_at_checkpoints_in_time()


# On a cluster: too short to be submitted.
localrules:
    script,
    spoken,
    subtitles,
    loop,
    faces,
    slices,
    gate,
    cut_table,
    speakers,
    lines,
    overview,


onstart:
    look_when_jobs_end()
    check_what_is_bought()
    hold_results()
    begin_attempts()
    begin_cache()
    begin_record()
    begin_versions()
    begin_warm_up()


onsuccess:
    end_warm_up()
    report_end(made=True)
    end_cache()
    end_record("done")


onerror:
    end_warm_up()
    report_end(made=False)
    end_cache()
    end_record("stopped" if was_stopped() else "failed")


rule all:
    default_target: True
    input:
        wanted_files(),
        overviews(),


# For a job of a cluster.
rule part:
    input:
        checkpoints_of_part,
        files_of_part,


# For `mouthpiece check`.
rule checks:
    input:
        checks(),


include: "rules/lib/signatures.smk"
