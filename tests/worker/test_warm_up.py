"""Workers that load an engine before a job needs it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mouthpiece.core.processes import PROC
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.worker.command import ALONE, client_environment
from mouthpiece.worker.endpoint import Endpoint
from mouthpiece.worker.warm_up import LOG, WarmUp
from waiting import wait_until

from .conftest import Command
from .test_pool import workers_of


@pytest.fixture
def begin(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., WarmUp]:
    """Begins to load, as a run in this folder does."""
    monkeypatch.chdir(tmp_path)
    pool = [str(endpoint.socket), endpoint.text, "0"]
    for name, value in client_environment(pool).items():
        monkeypatch.setenv(name, value)

    def began(engine: str, workers: int = 1, **settings: object) -> WarmUp:
        warm_up = WarmUp()
        warm_up.begin(pool, {engine: PreviewSettings().model_dump() | settings}, workers)
        return warm_up

    return began


@pytest.mark.slow
def test_a_worker_has_an_engine_before_the_first_job(
    begin: Callable[..., WarmUp], endpoint: Endpoint, bake: Command
) -> None:
    warm_up = begin("preview")
    wait_until(lambda: Path(LOG).is_file() and "preview: " in Path(LOG).read_text())
    (loaded,) = workers_of(endpoint)
    assert Command(**vars(bake) | {"kind": "device"}).run() == (0, "")
    assert workers_of(endpoint) == [loaded]
    warm_up.end()


@pytest.mark.slow
def test_what_cannot_be_loaded_is_left_to_the_first_job(
    begin: Callable[..., WarmUp], bake: Command
) -> None:
    warm_up = begin("preview", size_px=-1)
    wait_until(lambda: Path(LOG).is_file() and "size_px" in Path(LOG).read_text())
    assert Command(**vars(bake) | {"kind": "device"}).run() == (0, "")
    warm_up.end()


@pytest.mark.slow
def test_the_end_of_a_run_ends_what_still_loads(
    begin: Callable[..., WarmUp], endpoint: Endpoint, bake: Command
) -> None:
    os.mkfifo(bake.folder / "pipe")
    waiting = Command(**vars(bake.having(track="pipe")) | {"kind": "device"}).start()
    wait_until(lambda: endpoint.log.exists() and workers_of(endpoint))
    warm_up = begin("preview")  # waits for the only worker
    time.sleep(0.2)
    clients = [client.pid for client in warm_up._clients]
    assert clients and all((PROC / str(pid)).exists() for pid in clients)
    warm_up.end()
    assert not any((PROC / str(pid)).exists() for pid in clients)
    waiting.kill()
    waiting.communicate()


def test_without_a_pool_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    warm_up = WarmUp()
    warm_up.begin(ALONE, {"preview": {}}, 1)
    warm_up.end()
    assert not list(tmp_path.iterdir())
