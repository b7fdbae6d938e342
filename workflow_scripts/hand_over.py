"""Hand a job over to a worker: one whose inputs, a file of each cut, do not fit into a command."""

import sys

from mouthpiece.worker import alone, client
from mouthpiece.worker.rule_job import job_words

*pool, script = snakemake.params.worker
sys.exit(client.main([*pool, "cpu", *job_words(script, snakemake)], alone.main))
