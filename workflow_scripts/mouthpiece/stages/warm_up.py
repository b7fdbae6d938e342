"""Stage `warm_up`: load an engine's networks before its first cut is ready for them.

It writes nothing. It is no rule: `worker.warm_up` gives it to a worker while a run's first jobs are
at work.
"""

import logging
import time
from typing import Any

from ..engines.base import EngineFactory
from ..engines.registry import create_engine, read_settings

log = logging.getLogger(__name__)


def warm_up(engine: str, settings: dict[str, Any], create: EngineFactory = create_engine) -> None:
    """Load what an engine needs for its first cut.

    Args:
        engine: The engine's name.
        settings: The engine's settings.
        create: Builds the engine.

    Raises:
        Fault: Its weights cannot be used. The first cut's job says so, too.
    """
    began = time.monotonic()
    create(read_settings(engine, settings)).warm_up()
    log.info("%s: %.1f s to load", engine, time.monotonic() - began)
