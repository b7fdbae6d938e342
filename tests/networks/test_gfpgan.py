"""GFPGAN computes what spandrel's network computes, which is that of gfpgan's own code."""

import pytest
import torch
from spandrel.architectures.GFPGAN import GFPGAN

from mouthpiece.core.errors import Fault
from mouthpiece.networks.gfpgan import UNUSED, GfpganNetwork, built

SIDE_PX = 64


def seeded() -> GFPGAN:
    """The published network, narrower and for smaller faces, with noise that counts."""
    torch.manual_seed(1)
    network = GFPGAN(out_size=SIDE_PX, narrow=1 / 8, num_style_feat=32).eval()
    for name, value in network.state_dict().items():
        if name.startswith("stylegan_decoder.style_conv") and value.shape == (1,):
            value.fill_(0.3)
        elif name.startswith("stylegan_decoder.noises"):
            value.normal_()
    return network


def published(network: GfpganNetwork) -> dict[str, torch.Tensor]:
    """The network's tensors as a published file has them."""
    return {
        name: value[None] if name.endswith("modulated_conv.weight") else value
        for name, value in network.state_dict().items()
    }


@torch.no_grad()
@pytest.mark.parametrize(
    ("dtype", "mean", "most"), [(torch.float32, 1e-6, 1e-4), (torch.bfloat16, 0.01, 0.2)]
)
def test_it_draws_the_same_faces(dtype: torch.dtype, mean: float, most: float) -> None:
    """In units of the standard deviation of what is drawn; each face with its own code."""
    theirs = seeded()
    ours = built(theirs.state_dict()).to(dtype, memory_format=torch.channels_last)
    faces = torch.rand(3, 3, SIDE_PX, SIDE_PX) * 2 - 1
    wanted, _ = theirs(faces, return_rgb=False, randomize_noise=False)
    apart = (ours(faces.to(dtype)) - wanted).abs() / wanted.std()
    assert apart.mean() < mean and apart.max() < most


@pytest.mark.parametrize("change", ["missing", "wider", "further"])
def test_tensors_of_another_network_do_not_fit(change: str) -> None:
    tensors = published(GfpganNetwork((4, 4), 8))
    built(tensors)
    if change == "missing":
        del tensors["final_conv.bias"]
    elif change == "wider":
        tensors["final_conv.bias"] = torch.zeros(7)
    else:
        tensors["conv_body_down.9.conv1.bias"] = torch.zeros(4)
    with pytest.raises(Fault, match="the weight file does not fit"):
        built(tensors)


def test_the_published_network_is_the_default() -> None:
    with torch.device("meta"):
        sizes = {name: value.shape for name, value in published(GfpganNetwork()).items()}
        theirs = {name: value.shape for name, value in GFPGAN().state_dict().items()}
    assert sizes == {k: v for k, v in theirs.items() if not k.startswith(UNUSED)}
