# The end of a run: see `mouthpiece.reports.run_summary`. It is imported inside the functions, because
# each job of a cluster reads this file, too.


def report_end(made):
    """Tell what became of a run. The jobs of a cluster leave that to their run."""
    if PART and PART.is_of_a_job:
        return
    report_unmatched()
    report_faults()
    if not made:
        report_unmade()


def report_faults():
    """List the cuts that are delivered as the original because of a fault."""
    from mouthpiece.reports.summary import faulty_cuts

    lines = faulty_cuts(Path("results"), PROJECT.dubs)
    if lines:
        logger.error(
            f"Delivered as the original because of a fault, {len(lines)} in all; the next run"
            " tries these cuts again:"
        )
    for line in lines:
        logger.error(f"    {line}")


def report_unmatched():
    """Warn about rows and recordings of the user that do nothing: their cuts or lines do not exist."""
    from mouthpiece.reports.run_summary import (
        unmatched_rows,
        unused_edits,
        unused_recordings,
    )

    rows = list(unmatched_rows(Path("results"), PROJECT.dubs, ROWS_ON_CUTS))
    given = [film for film, dub in PROJECT.dubs.items() if dub.kind != "made"]
    rows += unused_edits(Path("results"), PROJECT.dubs, ROWS_ON_LINES, given)
    made = [film for film in PROJECT.dubs if film not in given]
    recordings = {film: recordings_of(*film) for film in made}
    rows += unused_recordings(Path("results"), recordings)
    for row in rows:
        logger.warning(str(row))


def failed_jobs():
    """The failed jobs of this run. Each job of a group counts by itself."""
    from mouthpiece.reports.run_summary import FailedJob

    for failed in workflow.scheduler.failed:
        for job in getattr(failed, "jobs", [failed]):
            wildcards = [
                job.wildcards_dict.get(k, "") for k in ("video", "language", "cut")
            ]
            yield FailedJob(job.rule.name, *wildcards, ", ".join(job.log))


def report_unmade():
    """After a run with failures, write the overview with the films that were not made."""
    from mouthpiece.reports.run_summary import unmade_films
    from mouthpiece.reports.overview import interim

    if not any(job.rule.name == "overview" for job in workflow.dag.jobs):
        return  # only some files were asked for, such as the checks
    unfinished = [
        (job.wildcards.video, job.wildcards.language)
        for job in workflow.dag.needrun_jobs()
        if job.rule.name in ("package", "review")
    ]
    results = Path("results")
    unmade = unmade_films(results, PROJECT.dubs, unfinished, list(failed_jobs()))
    if not unmade:
        return
    try:
        interim(
            results,
            PROJECT.dubs,
            unmade,
            ROWS_ON_CUTS,
            gpus=gpus_of_engines(),
            enhance_gpus=PROJECT.settings.enhance.gpus,
            gate=PROJECT.settings.gate,
            settings=PROJECT.settings.overview,
            timings=Path("timings"),
        )
    except Exception as error:  # must not hide the errors of the run
        logger.warning(f"results/overview.html was not written: {error}")
    else:
        logger.error(
            f"Not made: {len(unmade)} of {len(PROJECT.dubs)} films; results/overview.html"
            " lists them and their logs."
        )
