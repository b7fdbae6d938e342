# How a run ends: see `mouthpiece.reports.run_summary`. Imported late: each job of a cluster reads this file.


def tell_faults():
    """Name the cuts that are the original because of a fault, last of all that a run says."""
    from mouthpiece.reports.run_summary import faulty_cuts

    lines = faulty_cuts(Path("results"), PROJECT.dubs)
    if lines:
        logger.error(
            f"Delivered as the original because of a fault, {len(lines)} in all; the next run"
            " tries again:"
        )
    for line in lines:
        logger.error(f"    {line}")


def tell_unmatched():
    """Name the rows of decisions.tsv and overrides.tsv on cuts that are not there."""
    from mouthpiece.reports.run_summary import unmatched_rows

    for row in unmatched_rows(Path("results"), PROJECT.dubs, ROWS_ON_CUTS):
        logger.warning(str(row))


def failed_jobs():
    """The jobs of this run that failed, those of a group one by one."""
    from mouthpiece.reports.run_summary import FailedJob

    for failed in workflow.scheduler.failed:
        for job in getattr(failed, "jobs", [failed]):
            places = [
                job.wildcards_dict.get(k, "") for k in ("video", "language", "cut")
            ]
            yield FailedJob(job.rule.name, *places, ", ".join(job.log))


def show_unmade():
    """After a run with failures: the overview of what is made, and of what is not."""
    from mouthpiece.reports.run_summary import unmade_films
    from mouthpiece.reports.overview import interim

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
    except Exception as error:  # what failed before is what is to be read
        logger.warning(f"results/overview.html was not written: {error}")
    else:
        logger.error(
            f"Not made: {len(unmade)} of {len(PROJECT.dubs)} films; results/overview.html"
            " says which, and where the logs lie."
        )
