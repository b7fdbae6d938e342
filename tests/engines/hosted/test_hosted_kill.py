"""Processes that buy are killed at any moment: the ledger stays whole, nothing is paid twice."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mouthpiece.engines.hosted.ledger import FILE
from places import ROOT
from service_worlds import FILM, KEY, MODELS, WORLDS, serving

KILLS = 8
BUY = """
import sys, time
from pathlib import Path

from mouthpiece.core.errors import Fault
from mouthpiece.engines.hosted.buyer import Buyer
from mouthpiece.engines.hosted.contract import Order
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.prices import Prices
from mouthpiece.engines.hosted.service_buyer import fetcher
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.engines.hosted.settings import HostedSettings
from mouthpiece.engines.hosted.terms import Terms


class Hurried:
    now = staticmethod(time.time)

    def sleep(self, seconds):
        time.sleep(seconds / 100)


service, model, base, key = sys.argv[1:]
settings = HostedSettings(
    service=service, model=model, base_url=base, price_per_run_usd=1, budget_usd=1
)
terms = Terms(Prices(1, 0), 10**6, 4, 3600, 15, "run")
buyer = Buyer(make_service(settings), Ledger(Path("hosted")), terms, Hurried(), fetcher(settings))
order = Order(key, model, {}, Path("clip"), Path("sound"), 25, 1.0)
print("ready", flush=True)
try:
    buyer.buy(order)
except Fault as fault:
    sys.exit(f"fault: {fault}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("service", list(WORLDS))
def test_a_purchase_survives_kills(service: str, tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(b"clip")
    (tmp_path / "sound").write_bytes(b"sound")
    (tmp_path / "buy.py").write_text(BUY)
    key = "ab" * 32
    draw = random.Random(service)
    names = {"fal": "FAL_KEY", "replicate": "REPLICATE_API_TOKEN", "sync": "SYNC_API_KEY"}
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "workflow_scripts"),
        names[service]: KEY,
    }
    with serving(WORLDS[service](working=2)) as world:
        words = [sys.executable, "buy.py", service, MODELS[service], world.base, key]
        code, said = -1, ""
        for number in range(KILLS + 1):
            process = subprocess.Popen(
                words,
                cwd=tmp_path,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert process.stdout is not None
            process.stdout.readline()
            kill = threading.Timer(draw.uniform(0, 0.4), process.kill)
            if number < KILLS:
                kill.start()
            said = process.communicate(timeout=120)[1]
            kill.cancel()
            code = process.returncode
            with contextlib.closing(sqlite3.connect(tmp_path / "hosted" / FILE)) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert sum(world.paid.values()) <= 1
            if code >= 0:
                break
    if code == 0:
        assert sum(world.paid.values()) == 1
        (film,) = (tmp_path / "hosted" / "films").iterdir()  # and nothing that a killed one left
        assert (film.name, film.read_bytes()) == (f"{key}.mp4", FILM)
    else:  # killed between the note and the request: nobody can know
        assert service != "sync"
        assert "it is not known whether this cut was bought" in said
