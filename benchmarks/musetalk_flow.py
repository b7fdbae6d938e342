"""Cuts from file to file by several processes at once, as the workers of one machine do them."""

import argparse
import os
import time
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Lock
from pathlib import Path
from typing import Any

from mouthpiece.stages.requests import BakeRequest, DraftRequest

WAIT_S = 900


@dataclass(frozen=True)
class Flow:
    """What all processes share.

    Attributes:
        baked: The request of one bake; the others differ in their outputs.
        drafted: The request of one draft, as `baked`.
        bake_cuts: How many cuts are baked.
        cuts: How many are drawn.
        start: All processes wait here before each kind of job.
        next_cut: The number of the next cut.
        warm_up_s: What each process needs before its first result is written.
    """

    baked: BakeRequest
    drafted: DraftRequest
    bake_cuts: int
    cuts: int
    start: Barrier
    next_cut: Any
    lock: Lock
    warm_up_s: Any


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{number}-{path.name}")


def _worker(flow: Flow, index: int, gpu: int) -> None:
    began = time.perf_counter()
    os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)
    import torch
    from musetalk_scene import weights_folder

    from mouthpiece.engines.registry import create_engine, read_settings
    from mouthpiece.stages.bake import bake
    from mouthpiece.stages.draft import draft

    torch.set_num_threads(1)
    weights_folder(Path(flow.baked.settings["models"]), small=False)
    engine = create_engine(read_settings("musetalk", flow.baked.settings))

    def run_bake(number: int) -> None:
        avatar = _numbered(flow.baked.avatar, number)
        bake(replace(flow.baked, avatar=avatar), lambda _: engine)

    def run_draft(number: int) -> None:
        outputs = {
            name: _numbered(getattr(flow.drafted, name), number) for name in ("patches", "row")
        }
        draft(replace(flow.drafted, **outputs), lambda _: engine)

    if flow.bake_cuts:
        run_bake(-1 - index)
    if flow.cuts:
        run_draft(-1 - index)
    flow.warm_up_s[index] = time.perf_counter() - began
    for run, cuts in ((run_bake, flow.bake_cuts), (run_draft, flow.cuts)):
        flow.start.wait(WAIT_S)
        while True:
            with flow.lock:
                number = flow.next_cut.value
                flow.next_cut.value += 1
            if number >= cuts:
                break
            run(number)
        flow.start.wait(WAIT_S)
        flow.start.wait(WAIT_S)


def run_flow(
    options: argparse.Namespace, baked: BakeRequest, drafted: DraftRequest, gpus: int
) -> dict[str, Any]:
    """Bake and draft all cuts on some GPUs, with some processes for each.

    Args:
        options: The command line.
        baked: The request of one bake.
        drafted: The request of one draft, whose avatar is there.
        gpus: How many GPUs, each with `options.flow` processes.

    Returns:
        Frames/s of both stages, and the longest warm-up in seconds.
    """
    spawned = get_context("spawn")
    workers = gpus * options.flow
    flow = Flow(
        baked, drafted, options.bake_cuts, options.cuts, spawned.Barrier(workers + 1),
        spawned.Value("i", 0), spawned.Lock(), spawned.Array("d", workers),
    )  # fmt: skip
    processes = [
        spawned.Process(target=_worker, args=(flow, i, i % gpus), daemon=True)
        for i in range(workers)
    ]
    for process in processes:
        process.start()
    found: dict[str, Any] = {}
    for stage, cuts in (("bake", options.bake_cuts), ("draft", options.cuts)):
        flow.next_cut.value = 0
        flow.start.wait(WAIT_S)
        began = time.perf_counter()
        flow.start.wait(WAIT_S)
        seconds = time.perf_counter() - began
        if cuts:
            found[f"{stage}_stage_frames_per_s"] = cuts * options.frames / seconds
        flow.next_cut.value = 0
        flow.start.wait(WAIT_S)
    for process in processes:
        process.join()
    return found | {"warm_up_s": max(flow.warm_up_s)}
