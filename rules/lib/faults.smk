# Faults in the jobs of cuts: see docs/faults.md.

from mouthpiece.core.cut_jobs import RerunTokens, job_name

RERUN_TOKENS = RerunTokens().read()


def begin_attempts():
    """Record the number of attempts for the jobs of cuts, and whether they may give up."""
    passthrough = PROJECT.settings.faults.on_exhausted == "passthrough"
    attempts = PART.attempts if PART else 1 + workflow.execution_settings.retries
    RerunTokens().begin(attempts, passthrough)


def rerun_token(stage):
    """A params function: a value that changes each time a job of a cut gives up."""

    def token(wildcards):
        return RERUN_TOKENS.get(job_name(stage, wildcards), "")

    return token


def number_of_attempt(wildcards, attempt):
    """A resources function: the attempt. It is a resource because no result depends on it.

    A job of a cluster that is submitted again runs the workflow again.
    """
    return attempt + (PART.attempt - 1 if PART else 0)
