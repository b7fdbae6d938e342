"""Stage `warm_up`: load the networks of engines before a first cut is ready for them.

It writes nothing. It is no rule: `worker.warm_up` gives it to a worker while a run's first jobs are
at work.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from ..engines.base import EngineFactory
from ..engines.registry import create_engine, read_settings

log = logging.getLogger(__name__)


def warm_up(engines: Mapping[str, dict[str, Any]], create: EngineFactory = create_engine) -> None:
    """Load what engines need for their first cuts.

    Args:
        engines: The settings of each engine, in the order of loading.
        create: Builds an engine.

    Raises:
        Fault: The weights of one cannot be used. The first cut's job says so, too.
    """
    for engine, settings in engines.items():
        began = time.monotonic()
        create(read_settings(engine, settings)).warm_up()
        log.info("%s: %.1f s to load", engine, time.monotonic() - began)
