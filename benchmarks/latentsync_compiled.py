"""Whether torch.compile makes LatentSync's UNet faster: block by block, on random weights.

    python benchmarks/latentsync_compiled.py --out compiled.json            # a GPU, published size
    python benchmarks/latentsync_compiled.py --small                        # anywhere, small

One step of the UNet: two predictions of a chunk of 16 frames at 512 px. Printed as it is found, and
written as JSON, for each way: ms a step as Python launches it, ms as a recorded CUDA graph, seconds
of the first step, and how far the prediction is from the plain one's (root mean square, as a share
of its own). Ways:
  plain     the modules as they are
  fused     with the kernels of `engines.latentsync.fused`, as the engine runs
  compiled  the plain one's blocks (resnets, transformers, temporal transformers), each compiled:
            mode default, no dynamic shapes. Blocks with one shape share their code.
Code is kept in --cache: a second run with the same folder has the seconds of a warm start.
"""

import argparse
import importlib.util
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch._dynamo
from latentsync import PARITY, UNET_WIDTHS
from musetalk_scene import random_like
from torch import Tensor

from mouthpiece.networks.attention import Transformer
from mouthpiece.networks.graphs import Replayed
from mouthpiece.networks.motion import TemporalTransformer
from mouthpiece.networks.video_unet import VideoResnet, VideoUNet, VideoUNetConfig

BLOCKS = (VideoResnet, Transformer, TemporalTransformer)
SHAPES = 64
"""Shapes of a kind of block that are compiled. PyTorch's own limit is 8, beyond which blocks run as
they are: a UNet has more widths and sizes of a block than that."""
REPEATS = 10
CHUNK_FRAMES, SOUND_ROWS = 16, 10


WARM_UP = 3


def main() -> None:
    """Measure each way."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--ways", nargs="+", default=["plain", "fused", "compiled"])
    parser.add_argument("--cache", type=Path, help="a folder for compiled code")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(options.cache)
    on_gpu = torch.cuda.is_available()
    found: dict[str, Any] = {
        "torch": str(torch.__version__),
        "device": torch.cuda.get_device_name() if on_gpu else "cpu",
    }
    with torch.inference_mode():
        for name, figures in measured(options.ways, options.small, on_gpu):
            found[name] = figures
            sys.stdout.write(f"{name}: {figures}\n")
            sys.stdout.flush()
    if options.out:
        options.out.write_text(json.dumps(found, indent=1))


def measured(ways: list[str], small: bool, on_gpu: bool) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures of each way; the first one is what the others are compared with."""
    prepare = {"plain": lambda network: None, "fused": fused, "compiled": compiled}
    wanted: Tensor | None = None
    for way in ways:
        network, inputs = unet(small, on_gpu), step_inputs(small, on_gpu)
        prepare[way](network)
        first_s = seconds(partial(network.predict, *inputs), 1)
        result = network.predict(*inputs)[0].float().cpu()
        wanted = result if wanted is None else wanted
        apart = float((result - wanted).square().mean().sqrt() / wanted.square().mean().sqrt())
        yield way, {"first_s": first_s, "apart": apart} | step_ms(network.predict, inputs, on_gpu)
        del network


def unet(small: bool, on_gpu: bool) -> Any:
    """The UNet with random weights, the same each time."""
    spec = importlib.util.spec_from_file_location("latentsync_weights", PARITY / "make_weights.py")
    assert spec and spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    widths = {} if small else {"block_out_channels": UNET_WIDTHS}
    with torch.device("meta"):
        network = VideoUNet(VideoUNetConfig.model_validate(maker.MODEL | widths))
    torch.manual_seed(1)
    network.load_state_dict(random_like(network.state_dict()), assign=True)
    network.eval().requires_grad_(False)
    if on_gpu:
        network.to("cuda", torch.float16, memory_format=torch.channels_last)
    return network


def step_inputs(small: bool, on_gpu: bool) -> tuple[Tensor, ...]:
    """Latents, time and sound of a chunk: once without sound, once with it."""
    side = 16 if small else 64
    seeded = torch.Generator().manual_seed(2)
    latents = torch.randn((2, 13, CHUNK_FRAMES, side, side), generator=seeded)
    sound = torch.randn((CHUNK_FRAMES, SOUND_ROWS * 5, 384), generator=seeded)
    kind = {"device": "cuda", "dtype": torch.float16} if on_gpu else {}
    return latents.to(**kind), torch.tensor([500], device=kind.get("device")), sound.to(**kind)


def fused(network: Any) -> None:
    """As the engine runs it on a GPU."""
    from mouthpiece.engines.latentsync.fused import fuse_unet

    fuse_unet(network)


def compiled(network: Any) -> None:
    """Compile each block, for sizes that do not change."""
    torch._dynamo.config.recompile_limit = SHAPES
    for module in network.modules():
        if isinstance(module, BLOCKS):
            module.compile(dynamic=False)


def step_ms(
    predict: Callable[..., tuple[Tensor, ...]], inputs: tuple[Tensor, ...], on_gpu: bool
) -> dict[str, float]:
    """Milliseconds a step, as Python launches it and recorded."""
    ways = {"launched_ms": predict}
    if on_gpu:
        ways["recorded_ms"] = Replayed(predict, torch.cuda.graph_pool_handle())
    found = {}
    for name, way in ways.items():
        for _ in range(WARM_UP):
            way(*inputs)
        found[name] = seconds(lambda way=way: way(*inputs), REPEATS) * 1000
    return found


def seconds(run: Callable[[], object], times: int) -> float:
    """How long one of several runs takes, the GPU's work included."""
    waited = torch.cuda.synchronize if torch.cuda.is_available() else lambda: None
    waited()
    began = time.perf_counter()
    for _ in range(times):
        run()
    waited()
    return (time.perf_counter() - began) / times


if __name__ == "__main__":
    main()
