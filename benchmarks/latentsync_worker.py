"""A cut's draft through a warm worker, from files to files, as a job of the workflow has it."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from musetalk_scene import write_mezzanine

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.config.worker import Worker
from mouthpiece.core.user_folder import private_folder
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.faces.track import Track
from mouthpiece.worker.command import client_environment
from mouthpiece.worker.endpoint import Endpoint, Limits

KIND = "device"
"""The kind of worker that holds networks."""

IDLE_S = 2.0
"""How long the pool waits before it ends."""


def write_cut(folder: Path, pictures: list[np.ndarray], track: Track, speech: Speech) -> None:
    """Write the files that a draft needs beside its avatar.

    Args:
        folder: Where they are written.
        pictures: The cut.
        track: Its face.
        speech: What is heard.
    """
    write_mezzanine(pictures, folder / "mezzanine.mp4")
    track.save(folder / "track.npz")
    soundfile.write(folder / "speech.wav", speech.samples, SAMPLE_RATE, subtype="PCM_16")


def job_seconds(folder: Path, settings: LatentSyncSettings, frames: int, times: int) -> list[float]:
    """Time the draft of a cut.

    Args:
        folder: Where `write_cut` wrote, with an `avatar.zip`.
        settings: The engine's settings.
        frames: How many frames the cut has.
        times: How often it is drawn; the first time starts the worker and loads the networks.

    Returns:
        Seconds of each time.
    """
    options = {key: getattr(settings, key) for key in settings.runtime_options}
    chosen = {key: value for key, value in settings.model_dump().items() if key not in options}
    lists: list[dict[str, Any]] = [
        {"mezzanine": "mezzanine.mp4", "avatar": "avatar.zip", "track": "track.npz",
         "speech": "speech.wav", "source": ""},
        {"draft": "draft.zip", "row": "draft.json"},
        {"engine": "latentsync", "settings": chosen, "runtime_options": options,
         "may_leave": False, "weights": "", "baked": {}, "retry": None, "source_cut": {},
         "face": 0, "code": "", "packages": {}, "rerun_token": ""},
        {"video": "a", "language": "b", "cut": f"000000-{frames - 1:06}"},
        {"gpu": 1, "attempt": None},
        {"log": "draft.log"},
    ]  # fmt: skip
    words = [
        repr(part)
        for each in lists
        for part in (list(each.values()), {key: (i, None) for i, key in enumerate(each)})
    ]
    own = Worker()
    limits = Limits(
        workers=1,
        idle_s=IDLE_S,
        memory_mb=own.memory_mb,
        device_memory_mb=own.device_memory_mb,
        preload=("mouthpiece.stages.draft",),
    )
    endpoint = Endpoint.of(private_folder(), limits)
    pool = [str(endpoint.socket), endpoint.text, "0"]
    environment = os.environ | client_environment(pool)
    client = [environment["MOUTHPIECE_PYTHON"], "-I", "-S", environment["MOUTHPIECE_CLIENT"]]
    command = [*client, *pool, KIND, "draft", "draft", "1", *words]
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, check=False)
        seconds.append(time.perf_counter() - began)
        if done.returncode:
            log = folder / "draft.log"
            sys.stderr.write(log.read_text() if log.exists() else "")
            raise SystemExit("the job failed")
    return seconds
