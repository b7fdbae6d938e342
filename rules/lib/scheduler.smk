# When Snakemake's scheduler looks at the jobs that are ready, and what it then knows of checkpoints.


def look_when_jobs_end():
    """Look at the ready jobs when a job ends, and only then.

    Snakemake starts at most 100 jobs a second, so it looks again a second after each look, and a
    second after that one, and so on: with 50 cuts 30 times for each job, which was more than half
    of its CPU time. No option turns it off. A cluster may need the limit.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


def look_at_spared_checkpoints():
    """Take a checkpoint for done that was to run and need not any more.

    Its input is made again, and comes out the same. Snakemake 9.27 then drops the checkpoint from
    the run, but looks at those that end, only: jobs that ask for what it found never learn that,
    and run with its table in place of the files that it names.
    """
    update = workflow.dag.update_checkpoint_dependencies

    async def update_all(jobs=None):
        is_updated = await update(jobs)
        spared = spared_checkpoints() if is_updated else []
        while spared:
            await update(spared)
            spared = spared_checkpoints()
        return is_updated

    workflow.dag.update_checkpoint_dependencies = update_all


def spared_checkpoints():
    """Checkpoints that need not run, and that Snakemake does not yet take for done."""
    known = workflow.checkpoints.created_output
    return [
        job
        for job in workflow.dag.jobs
        if job.is_checkpoint
        and not workflow.dag.needrun(job)
        and not known.issuperset(job.output)
        and all(Path(path).exists() for path in job.output)
    ]
