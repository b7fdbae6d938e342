"""Hand a job over to a worker: one whose inputs, a file of each cut, do not fit into a command."""

import sys

from mouthpiece.worker import client
from mouthpiece.worker.rule_job import job_words


def without_a_worker(words: list[str]) -> int:
    """Do what a client cannot. See `alone.main`; to import that takes as long as to hand over."""
    from mouthpiece.worker import alone

    return alone.main(words)


*pool, script = snakemake.params.worker
sys.exit(client.main([*pool, "cpu", *job_words(script, snakemake)], without_a_worker))
