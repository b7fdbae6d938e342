"""Runs the job of a rule: the script of the rule, with the job as its `snakemake`.

Where there is a cache between projects, it may have the results; see `results_cache`.
"""

import functools
from pathlib import Path
from types import CodeType

from ..core.measures import measured, timing_file
from ..core.paths import WORKFLOW
from ..results_cache.hook import through_cache
from .endpoint import SCRIPTS
from .rule_job import RuleJob


def run_rule_job(job: RuleJob) -> None:
    """Run a job in this process, and write down what it took.

    The script logs to the job's log file. Where it fails it writes one message to stderr; see
    `core.jobs.job`.

    Args:
        job: The job.

    Raises:
        SystemExit: It failed; or, with code 0, it gave up and wrote the fault as its outcome.
    """
    wildcards = {name: str(value) for name, value in job.wildcards.items()}
    with measured(timing_file(job.rule, wildcards), gpus=job.gpus) as meter:
        path = WORKFLOW / SCRIPTS / f"{job.script}.py"
        script = _compiled(path, path.stat().st_mtime_ns)
        through_cache(
            job,
            job.script,
            lambda: exec(script, {"snakemake": job, "__name__": "__main__"}),
            meter=meter,
        )


@functools.cache
def _compiled(path: Path, mtime_ns: int) -> CodeType:
    return compile(path.read_text(encoding="utf-8"), path, "exec")
