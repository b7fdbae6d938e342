# Tells what happens in a run: to its display, to `logs/events/`, to monitoring. See
# docs/observability.md.

import atexit
from importlib.metadata import version

from mouthpiece.runs.event_files import FOLDER as EVENTS_FOLDER
from mouthpiece.runs.event_files import EventFile
from mouthpiece.runs.prometheus import Exporter
from mouthpiece.runs.recorder import Recorder
from snakemake_logger_plugin_mouthpiece import record_run, report_jobs

if workflow.is_main_process:
    report_jobs(logger, workflow)

recorder = None  # of this run, once it has begun


def begin_record():
    """Begin to record the run. A run that cannot be recorded says so, and goes on."""
    global recorder
    settings = PROJECT.settings.metrics
    try:
        events = EventFile(EVENTS_FOLDER, settings.keep_runs)
    except OSError as error:
        logger.warning(f"logs/events/: {os_error_text(error)}; no events are recorded")
        return
    file = settings.prometheus_file
    exporter = Exporter(Path(file), settings.interval_s) if file else None
    recorder = Recorder(Path(), events, exporter)
    recorder.begin(
        version=version("mouthpiece"),
        videos=len(PROJECT.videos),
        films=len(PROJECT.dubs),
        cores=workflow.cores,
    )
    record_run(logger, recorder)
    atexit.register(recorder.end, "stopped")  # unless it ended before


def end_record(state):
    """Record how the run ended."""
    if recorder:
        recorder.end(state)


def was_stopped():
    """Whether a user stopped the run."""
    return bool(getattr(workflow.scheduler, "_user_kill", None))
