"""The GPUs that a job may use, and which of them it takes."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .endpoint import VISIBLE, Endpoint

DEVICES = Path("/dev")

LOOK_S = 0.05
"""How long a job waits before it looks again for a card that is free."""


def visible_gpus() -> tuple[str, ...]:
    """What `CUDA_VISIBLE_DEVICES` may be set to, one for each of several GPUs.

    Where there is one, or none, nothing need be set: one empty name.
    """
    said = os.environ.get(VISIBLE)
    if said is None:
        found = [str(i) for i, _ in enumerate(DEVICES.glob("nvidia[0-9]*"))]
    else:
        found = [name.strip() for name in said.split(",") if name.strip()]
    return tuple(found) if len(found) > 1 else ("",)


@contextlib.contextmanager
def first_free(places: Sequence[Endpoint]) -> Iterator[Endpoint]:
    """Hold the turn of one of these places, of the first that is free."""
    if len(places) == 1:
        with places[0].turn():
            yield places[0]
        return
    while True:
        for place in places:
            with place.turn(wait=False) as held:
                if held:
                    yield place
                    return
        time.sleep(LOOK_S)


@contextlib.contextmanager
def occupied_gpu(stage: str) -> Iterator[None]:
    """Of several GPUs, show this process one that no other job of the stage is at.

    To be entered before anything is asked of CUDA.
    """
    found = visible_gpus()
    if len(found) == 1:
        yield
        return
    with first_free([Endpoint.of(stage, card) for card in found]) as place:
        os.environ.update(place.environment)
        yield
