"""What MuseTalk's UNet would gain from fp8, and what it would lose.

    python benchmarks/musetalk_fp8.py --tree TREE

PyTorch multiplies matrices in fp8 but has no fp8 convolution, so only the linear layers (attention
and its feed-forward) can have it. Each is replaced by one whose weights are e4m3, and whose inputs
are scaled to e4m3 as they come, both a factor for the whole tensor. Random weights of the published
sizes; both UNets run as recorded CUDA graphs. Prints a batch's milliseconds of the UNet, of the
decoder and of the linear layers by themselves, and the faces' difference in levels of 255.
"""

import argparse
import copy
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from musetalk_scene import weights_folder
from torch import Tensor, nn

from mouthpiece.engines.musetalk import audio
from mouthpiece.engines.musetalk.generate import LATENT_PX, LONGEST_PROMPT, decode, predict
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings

E4M3_MAX = 448.0
TOKENS = 50
"""Of Whisper, that a frame hears."""


def to_fp8(values: Tensor) -> tuple[Tensor, Tensor]:
    """Scale to e4m3: the values, and what they are to be multiplied by."""
    scale = values.abs().amax().float().clamp(min=1e-12) / E4M3_MAX
    return (values.float() / scale).to(torch.float8_e4m3fn), scale


class Fp8Linear(nn.Module):
    """A linear layer whose product is of e4m3 matrices, with sums in fp32."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias  # others ask for their dtype
        self.eighths, self.scale = to_fp8(linear.weight.data)

    def forward(self, items: Tensor) -> Tensor:
        """Multiply [..., C] by the weights, and add the bias."""
        rows, scale = to_fp8(items.reshape(-1, items.shape[-1]))
        product = torch._scaled_mm(
            rows, self.eighths.t(), scale, self.scale, bias=self.bias, out_dtype=items.dtype
        )
        return product.reshape(*items.shape[:-1], -1)


def in_fp8(network: nn.Module) -> nn.Module:
    """A copy of the network whose linear layers are in fp8, where their sizes allow it."""
    network = copy.deepcopy(network)
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear) and not any(n % 16 for n in child.weight.shape):
                setattr(module, name, Fp8Linear(child))
    return network


def milliseconds(work: Callable[[], Any], times: int = 20) -> float:
    """Of a call, replayed as a CUDA graph: the median of so many."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        work()
        work()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    taken = []
    for _ in range(times):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        taken.append(start.elapsed_time(end))
    return sorted(taken)[times // 2]


def linear_inputs(network: nn.Module, work: Callable[[], Any]) -> list[tuple[nn.Linear, Tensor]]:
    """The linear layers, in the order in which they run, each with what it is given."""
    seen: list[tuple[nn.Linear, Tensor]] = []

    def note(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.Linear)
        seen.append((module, given[0].detach().clone()))

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    work()
    for hook in hooks:
        hook.remove()
    return [(layer, given) for layer, given in seen if not any(n % 16 for n in layer.weight.shape)]


@torch.no_grad()
def measure(tree: Path, batch: int) -> dict[str, float]:
    """Every figure."""
    networks = Networks(MusetalkSettings(models=str(tree), batch_frames=batch))
    unet, vae, scale, dtype = networks.unet, networks.vae, networks.scale, networks.runtime.dtype
    width = unet.config.cross_attention_dim
    positions = audio.positions(LONGEST_PROMPT, width).to("cuda", dtype)
    generator = torch.Generator("cuda").manual_seed(0)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, device="cuda", dtype=dtype, generator=generator)

    latents, prompts = some(batch, 8, LATENT_PX, LATENT_PX), some(batch, TOKENS, width)
    eighth = in_fp8(unet)

    def draw(network: nn.Module) -> Tensor:
        return predict(network, positions, latents, prompts)

    drawn = draw(unet)
    faces = [decode(vae, scale, draw(network)).float() for network in (unet, eighth)]
    difference = (faces[0] - faces[1]).abs()
    layers = linear_inputs(unet, lambda: draw(unet))
    in_eight = [(Fp8Linear(layer), given) for layer, given in layers]
    ready = [(layer, *to_fp8(given.reshape(-1, given.shape[-1]))) for layer, given in in_eight]

    def products() -> None:
        for layer, rows, factor in ready:
            torch._scaled_mm(rows, layer.eighths.t(), factor, layer.scale, out_dtype=dtype)

    return {
        "batch_frames": batch,
        "unet_ms": milliseconds(lambda: draw(unet)),
        "unet_fp8_ms": milliseconds(lambda: draw(eighth)),
        "decoder_ms": milliseconds(lambda: decode(vae, scale, drawn)),
        "linear_layers": len(layers),
        "linear_ms": milliseconds(lambda: [layer(given) for layer, given in layers]),
        "linear_fp8_ms": milliseconds(lambda: [layer(given) for layer, given in in_eight]),
        "linear_fp8_products_alone_ms": milliseconds(products),
        "difference_mean_levels": float(difference.mean()),
        "difference_most_levels": float(difference.max()),
    }


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tree", type=Path, help="MuseTalk's weights; made there if empty")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--out", type=Path, help="write JSON here")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("fp8 is measured on a GPU (NVIDIA, compute capability 8.9 or more)")
    with tempfile.TemporaryDirectory() as temporary:
        tree = weights_folder(options.tree or Path(temporary) / "models", False)
        found = measure(tree, options.batch)
    for key, value in found.items():
        print(f"{key:34} {value:.4g}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
