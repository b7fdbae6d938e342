# Tells what happens in a run: to its display, to `logs/events/`, to monitoring. See
# docs/observability.md.

import atexit

from mouthpiece.runs.recorder import Recorder, open_recorder
from snakemake_logger_plugin_mouthpiece import (
    forward_warnings,
    record_run,
    report_jobs,
)

if workflow.is_main_process:
    report_jobs(logger, workflow)

recorder = None  # of this run, once it has begun


def begin_record():
    """Begin to record the run. In a job of a cluster, its run records what it tells."""
    global recorder
    forward_warnings(logger)
    recorder = Recorder(Path(), None) if PART else open_recorder(Path(), PROJECT)
    record_run(logger, recorder)
    recorder.begin(cores=workflow.cores)
    atexit.register(recorder.end, "stopped")  # unless it ended before


def end_record(state):
    """Record how the run ended."""
    if recorder:
        recorder.end(state)


def was_stopped():
    """Whether a user stopped the run."""
    return bool(getattr(workflow.scheduler, "_user_kill", None))
