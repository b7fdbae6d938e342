# When Snakemake's scheduler looks at the jobs that are ready.


def look_when_jobs_end():
    """Look at the ready jobs when a job ends, and only then.

    Snakemake starts at most 100 jobs a second, so it looks again a second after each look, and a
    second after that one, and so on: with 50 cuts 30 times for each job, which was more than half
    of its CPU time. No option turns it off. A cluster may need the limit.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
