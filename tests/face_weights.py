"""Seeded weights of what restores faces and of what tells them apart, in the published formats."""

from pathlib import Path

import numpy as np
import torch

from mouthpiece.faces import embedding
from mouthpiece.faces.embedding import BLOCKS
from mouthpiece.networks import restorer
from mouthpiece.networks.gfpgan import GfpganNetwork
from mouthpiece.worker.endpoint import ONE_THREAD

STAND_IN = """
import sys

if any(word.startswith("mouthpiece.worker") for word in sys.orig_argv):
    from pathlib import Path
    import mouthpiece.faces.embedding as embedding
    import mouthpiece.networks.restorer as restorer

    embedding.verified_weight_path = lambda name: Path({folder!r}) / name
    restorer.verified_weight_path = embedding.verified_weight_path
    what = {what!r}

    class StandIn:
        def __call__(self, faces):
            return eval(what, dict(faces=faces))

        def facts(self):
            return dict()

    if what:
        restorer.load_restorer = lambda *_: StandIn()
"""
"""A `sitecustomize` of workers, in which seeded weights are taken for the published ones, and an
expression of `faces` may replace GFPGAN."""


def published(network: GfpganNetwork) -> dict[str, torch.Tensor]:
    """The network's tensors as a published file has them."""
    return {
        name: value[None] if name.endswith("modulated_conv.weight") else value
        for name, value in network.state_dict().items()
    }


def write_gfpgan(path: Path) -> None:
    """GFPGAN with few channels, for faces of its full size."""
    torch.manual_seed(3)
    network = GfpganNetwork((8,) * 8, 16)
    for name, value in network.state_dict().items():
        if name.endswith("modulation.bias"):
            value.fill_(1)
        elif value.dim() >= 4 and "noises" not in name:
            value.normal_(std=value[0].numel() ** -0.5)
    torch.save({"params_ema": published(network)}, path)


def write_embedding(path: Path) -> None:
    """The network of dlib's face embedding, in dlib's own format."""
    chance = np.random.default_rng(3)
    parts = [b"\x01\x01"]

    def layer(name: bytes, values: np.ndarray, sizes: tuple[int, ...] = ()) -> None:
        shape = (*values.shape, *(1,) * (4 - values.ndim))
        head = b"".join(integer(side) for side in (*sizes, 2, *shape))
        parts.append(
            integer(len(name)) + name + head + values.astype("<f4").tobytes() + b"\x01\x00"
        )

    def convolution(inputs: int, outputs: int, side: int) -> None:
        kernels = chance.normal(0, (2 / (inputs * side**2)) ** 0.5, outputs * inputs * side**2)
        layer(b"con_4", np.concatenate([kernels, np.zeros(outputs)]))
        layer(b"affine_", np.concatenate([np.ones(outputs), np.zeros(outputs)]))

    convolution(3, 32, 7)
    given = 32
    for channels, count in BLOCKS:
        for _ in range(count):
            convolution(given, channels, 3)
            convolution(channels, channels, 3)
            given = channels
    layer(b"fc_2", chance.normal(0, 0.01 * given**-0.5, (given, 128)), (128, given))
    path.write_bytes(b"".join(parts))


def integer(value: int) -> bytes:
    """An integer as dlib writes it: how many bytes, then these."""
    size = max(1, -(-value.bit_length() // 8))
    return bytes([size]) + value.to_bytes(size, "little")


def seeded_environment(folder: Path, what: str = "") -> dict[str, str]:
    """The environment of a run with seeded weights, in which `what` may replace GFPGAN."""
    folder.mkdir(exist_ok=True)
    write_gfpgan(folder / restorer.WEIGHTS)
    write_embedding(folder / embedding.WEIGHTS)
    (folder / "sitecustomize.py").write_text(STAND_IN.format(what=what, folder=str(folder)))
    # As all variables of that name it is in the key of a pool, so each expression has its own.
    # `sitecustomize` loads PyTorch before a job says how many threads it has.
    return {"PYTHONPATH": str(folder), "MOUTHPIECE_TEST_STAND_IN": what, **ONE_THREAD}
