"""Does a job, or takes its results from the cache. One function, for every job of a rule."""

import logging
from collections.abc import Callable

from ..core.errors import Fault, InputError
from ..core.faults import fault_in
from ..core.jobs import job as logged
from ..core.measures import Cache, Meter
from ..core.user_files import reason
from .cached import CACHED, is_signed
from .contents import is_as_recorded
from .key import Job, files_of, key_of
from .manifest import DamagedError
from .outputs import Outputs
from .pruning import keep_bounded, make_room
from .runs import RunCache
from .store import NoRoomError, Store, TooLargeError, UnusableError

log = logging.getLogger(__name__)


def through_cache(
    job: Job,
    script: str,
    make: Callable[[], None],
    run: RunCache | None = None,
    meter: Meter | None = None,
) -> Cache:
    """Do a job, or take its results from the cache. What fails of the cache is reported only.

    Args:
        job: The job of a rule.
        script: The name of its script.
        make: Does the job.
        run: The cache of the run; default: that beside the results.
        meter: Is told of the cache, also where the job fails.

    Returns:
        `hit`: it had the results; `miss`: the job made them; `off`: there is no cache, or none for
        this job.
    """
    run, meter = run or RunCache(), meter or Meter()
    found = _look_up(job, script, run)
    if found is None:
        make()
        return "off"
    store, key, outputs, is_delivered = found
    if _fetched(store, key, outputs, is_delivered, run):
        with logged(job.log[0]):
            log.info("from the cache: %s", key)
        meter.cache = "hit"
        return "hit"
    meter.cache = "miss"
    make()
    if _is_sound(job, script, outputs):
        _keep(store, key, script, outputs, run)
    return "miss"


def _look_up(job: Job, script: str, run: RunCache) -> tuple[Store, str, Outputs, bool] | None:
    """The cache for a job's results, and their key; None where there is none."""
    cached = CACHED.get(script)
    if cached is None or getattr(job, "fault", None) or is_signed(dict(job.params.items())):
        return None
    try:
        store = run.open()
        if store is None:
            return None
        key = key_of(job, script, cached, run.memory)
    except UnusableError as error:
        run.report(f"it is not used: {error}")
        return None
    except (OSError, Fault, ValueError, TypeError, KeyError):
        return None  # the job itself says what is wrong with an input
    files = {name: files_of(value)[0] for name, value in job.output.items()}
    folders = {name: files[name].parent / beside for name, beside in cached.folders.items()}
    return store, key, Outputs(files, folders), cached.is_delivered


def _fetched(store: Store, key: str, outputs: Outputs, is_delivered: bool, run: RunCache) -> bool:
    try:
        return store.fetch(key, outputs, is_delivered)
    except DamagedError as error:
        run.report(f"an entry was damaged, is removed, and its results are made again: {error}")
    except OSError as error:
        run.report(f"{store.root}: cannot be read: {reason(error)}")
    return False


def _is_sound(job: Job, script: str, outputs: Outputs) -> bool:
    """Whether what a job made is no fault, and is made of what its key says."""
    if any(path.is_file() and fault_in(path) is not None for path in outputs.files.values()):
        return False
    try:
        return is_as_recorded(dict(job.params.items()), CACHED[script].user_file)
    except (InputError, KeyError):
        return False


def _keep(store: Store, key: str, script: str, outputs: Outputs, run: RunCache) -> None:
    try:
        try:
            written = store.put(key, script, outputs)
        except NoRoomError as full:
            # To look through the cache takes seconds: not once more for each job, in vain.
            if run.has(_unwritable(store, full)) or not make_room(store, full.missing_bytes):
                raise
            written = store.put(key, script, outputs)
        if written:
            run.note_growth()
        keep_bounded(store, written)
    except TooLargeError as error:
        run.report(str(error))
    except OSError as error:
        run.report(_unwritable(store, error))


def _unwritable(store: Store, error: OSError) -> str:
    return f"{store.root}: cannot be written: {reason(error)}; results are taken from it only"
