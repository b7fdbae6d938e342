# Faults of the jobs of cuts: see docs/faults.md.

from mouthpiece.core.cut_jobs import RerunTokens, job_name

RERUN_TOKENS = RerunTokens().read()


def begin_attempts():
    """Tell the jobs which attempt at a cut is the last, and that it may give up."""
    passthrough = PROJECT.settings.faults.on_exhausted == "passthrough"
    attempts = 1 + workflow.execution_settings.retries
    RerunTokens().begin(attempts if passthrough else 0)


def rerun_token(stage):
    """A params function: new after each fault for which a job of a cut gave up."""

    def token(wildcards):
        return RERUN_TOKENS.get(job_name(stage, wildcards), "")

    return token


def number_of_attempt(wildcards, attempt):
    """A resources function: a resource changes no result, and is not remembered."""
    return attempt
