"""Warm workers: processes that have the library and the networks loaded, and run the jobs of rules.

Starting Python and importing what a stage needs takes a second or more, and the work on a cut often
less. So the command of a job is a tiny client. It sends the job to a pool, which hands it to a
worker, and the worker runs the script of the rule. See docs/worker.md.

    command   the shell command of a job     client    what it runs: sends the job, renames outputs
    rule_job  a job, as the command tells it alone     a job without a worker; starts a pool
    endpoint  where a pool is found          pool      accepts clients, forks workers
    process   a worker                       session   one job in a worker
    runner    runs the script of a rule      stop      ends pools
    leftovers files of pools that were killed
"""
