# When Snakemake's scheduler looks at the jobs that are ready, and what it then knows of checkpoints.

from snakemake.io import is_flagged


def look_when_jobs_end():
    """Look at the ready jobs when a job ends, and only then.

    Snakemake starts at most 100 jobs a second, so it looks again a second after each look, and a
    second after that one, and so on: with 50 cuts 30 times for each job, which was more than half
    of its CPU time. No option turns it off. A cluster may need the limit.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


def look_at_checkpoints_in_time():
    """Take a checkpoint for done once its input is known, and it need not run.

    Snakemake 9.27 does it too early, and too late. When a run is planned it takes each checkpoint
    for done whose table is there, before those that say what its input is: cuts are then drafted by
    the old table, beside the job that makes it new. And where a checkpoint was to run, and its input
    comes out the same, it drops it from the run, but looks at those that end, only: jobs that ask
    for what it found never learn that, and run with its table in place of the files that it names.
    """
    if not workflow.is_main_process:
        return  # a job by itself: all that it needs is done
    build = workflow._build_dag

    def build_in_time():
        update = workflow.dag.update_checkpoint_dependencies

        async def update_all(jobs=None):
            is_updated = await update(checkpoints_done() if jobs is None else jobs)
            done = checkpoints_done() if is_updated else []
            while done:
                await update(done)
                done = checkpoints_done()
            return is_updated

        workflow.dag.update_checkpoint_dependencies = update_all
        build()

    workflow._build_dag = build_in_time


def checkpoints_done():
    """Checkpoints whose input is known, that need not run, and that are not yet taken for done."""
    known = workflow.checkpoints.created_output
    return [
        job
        for job in workflow.dag.jobs
        if job.is_checkpoint
        and not workflow.dag.needrun(job)
        and not known.issuperset(job.output)
        and not any(is_flagged(path, "checkpoint_target") for path in job.input)
        and all(Path(path).exists() for path in job.output)
    ]
