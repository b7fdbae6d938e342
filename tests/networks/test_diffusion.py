"""The networks of latent diffusion compute what those do that the weights were saved from."""

import json
from typing import Any

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from pydantic import ValidationError

from mouthpiece.networks.unet import UNet, UNetConfig
from mouthpiece.networks.vae import Vae, VaeConfig, todays_names
from places import ROOT

PUBLISHED = ROOT / "tests" / "parity" / "published"

SMALL_UNET = {
    "in_channels": 8,
    "out_channels": 4,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
    "block_out_channels": [32, 64, 64],
    "layers_per_block": 2,
    "cross_attention_dim": 48,
    "attention_head_dim": 4,
}
SMALL_VAE = {
    "down_block_types": ["DownEncoderBlock2D"] * 3,
    "up_block_types": ["UpDecoderBlock2D"] * 3,
    "block_out_channels": [32, 32, 64],
    "layers_per_block": 2,
}


def published(name: str) -> dict[str, Any]:
    values = json.loads((PUBLISHED / name).read_text())
    return {key: value for key, value in values.items() if not key.startswith("_")}


def shapes(network: torch.nn.Module) -> dict[str, torch.Size]:
    return {key: value.shape for key, value in network.state_dict().items()}


def test_the_published_unet_has_the_same_tensors() -> None:
    values = published("musetalk.json")
    with torch.device("meta"):
        ours, theirs = UNet(UNetConfig.model_validate(values)), UNet2DConditionModel(**values)
    assert shapes(ours) == shapes(theirs)


def test_the_published_vae_has_the_same_tensors() -> None:
    values = published("sd-vae-config.json")
    with torch.device("meta"):
        ours, theirs = Vae(VaeConfig.model_validate(values)), AutoencoderKL(**values)
    assert shapes(ours) == shapes(theirs)


@torch.no_grad()
@pytest.mark.parametrize("timestep", [0, 417])
def test_the_unet_is_the_same(timestep: int) -> None:
    torch.manual_seed(0)
    theirs = UNet2DConditionModel(**SMALL_UNET)
    ours = UNet(UNetConfig.model_validate(SMALL_UNET))
    ours.load_state_dict(theirs.state_dict())
    latents, context = torch.randn(2, 8, 16, 12), torch.randn(2, 10, 48)
    step = torch.tensor([timestep])
    wanted = theirs(latents, step, context).sample
    assert wanted.std() > 0.1
    torch.testing.assert_close(ours(latents, step, context), wanted, atol=1e-5, rtol=0)


@torch.no_grad()
def test_the_vae_is_the_same() -> None:
    torch.manual_seed(0)
    theirs = AutoencoderKL(**SMALL_VAE)
    ours = Vae(VaeConfig.model_validate(SMALL_VAE))
    ours.load_state_dict(theirs.state_dict())
    pictures, latents = torch.randn(2, 3, 32, 24), torch.randn(2, 4, 8, 6)
    encoded, decoded = theirs.encode(pictures).latent_dist.mode(), theirs.decode(latents).sample
    torch.testing.assert_close(ours.encode(pictures), encoded, atol=1e-5, rtol=0)
    torch.testing.assert_close(ours.decode(latents), decoded, atol=1e-5, rtol=0)


def test_old_names_of_attention_are_todays() -> None:
    old = {
        "mid_block.attentions.0.query.weight": torch.zeros(4, 4, 1, 1),
        "conv.bias": torch.ones(4),
    }
    found = todays_names(old)
    assert list(found) == ["mid_block.attentions.0.to_q.weight", "conv.bias"]
    assert found["mid_block.attentions.0.to_q.weight"].shape == (4, 4)


@pytest.mark.parametrize(
    "other",
    [
        {"act_fn": "gelu"},
        {"block_out_channels": [32]},
        {"down_block_types": ["AttnDownBlock2D"] * 3},
        {"in_channels": 0},
    ],
)
def test_a_unet_that_is_not_known_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UNetConfig.model_validate(SMALL_UNET | other)
