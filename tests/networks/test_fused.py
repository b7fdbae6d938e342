"""Networks made faster for a GPU compute what they did; Triton interprets their kernels.

It does so in a process in which it is told before it is imported.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional

from mouthpiece.networks.attention import attend
from mouthpiece.networks.unet import UNet, UNetConfig
from mouthpiece.networks.vae import Vae, VaeConfig
from mouthpiece.networks.video_unet import VideoUNet, VideoUNetConfig

pytest.importorskip("triton")
INTERPRETED = "TRITON_INTERPRET"
inside = pytest.mark.skipif(INTERPRETED not in os.environ, reason="runs in a process of its own")


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    torch.manual_seed(0)
    with torch.no_grad():  # not for the tests after these, some of which train
        yield


@pytest.mark.slow
@pytest.mark.skipif(INTERPRETED in os.environ, reason="that process")
def test_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env=os.environ | {INTERPRETED: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "14 passed" in done.stdout


@inside
@pytest.mark.parametrize(("channels", "side"), [(64, 16), (320, 8), (96, 9)])
@pytest.mark.parametrize("silu", [False, True])
def test_normalization(channels: int, side: int, silu: bool) -> None:
    from mouthpiece.networks.kernels import normalized

    norm = nn.GroupNorm(32, channels, 1e-6)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x, bias = torch.randn(2, channels, side, side) + 0.5, torch.randn(channels)
    wanted = norm(x + bias[:, None, None])
    found = normalized(x, norm, bias, silu)
    torch.testing.assert_close(
        found, functional.silu(wanted) if silu else wanted, atol=2e-5, rtol=0
    )
    assert found.is_contiguous(memory_format=torch.channels_last)


@inside
def test_addition_and_gate() -> None:
    from mouthpiece.networks.kernels import added, gated

    x, y, bias = torch.randn(2, 24, 5, 7), torch.randn(2, 24, 5, 7), torch.randn(24)
    torch.testing.assert_close(added(x, y, bias), x + y + bias[:, None, None])
    features = torch.randn(3, 7, 160)
    value, gate = features.chunk(2, -1)
    wanted = value * functional.gelu(gate)
    torch.testing.assert_close(gated(features), wanted, atol=1e-5, rtol=0)


@inside
def test_normalization_of_features() -> None:
    from mouthpiece.networks.kernels import layer_normalized

    norm = nn.LayerNorm(96)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x, bias = torch.randn(2, 9, 96) + 0.5, torch.randn(96)
    torch.testing.assert_close(layer_normalized(x, norm, bias), norm(x + bias), atol=2e-5, rtol=0)


@inside
@pytest.mark.parametrize(("width", "frames"), [(32, 16), (96, 5), (64, 1)])
def test_attention_over_frames(width: int, frames: int) -> None:
    from mouthpiece.networks.kernels import attended_over_frames

    x, places = torch.randn(2 * frames, 9, 3 * width), torch.randn(24, 3 * width)
    rows = (x.unflatten(0, (2, frames)) + places[:frames, None]).transpose(1, 2).flatten(0, 1)
    wanted = attend(*rows.chunk(3, -1), 8).unflatten(0, (2, 9)).transpose(1, 2).flatten(0, 1)
    found = attended_over_frames(x, places, frames, 8)
    torch.testing.assert_close(found, wanted, atol=2e-5, rtol=0)


@inside
def test_the_vae_is_the_same() -> None:
    from mouthpiece.networks.fused import Resnet, fuse_vae

    config = VaeConfig(
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        block_out_channels=[32, 64],
        layers_per_block=1,
    )
    vae = Vae(config).to(memory_format=torch.channels_last)
    latents, pictures = torch.randn(1, 4, 4, 4), torch.randn(1, 3, 8, 8)
    wanted = vae.decode(latents), vae.encode(pictures)
    fuse_vae(vae)
    assert sum(isinstance(module, Resnet) for module in vae.modules()) == 10
    found = vae.decode(latents), vae.encode(pictures)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=0)


@inside
def test_the_unet_is_the_same() -> None:
    from mouthpiece.engines.musetalk.fused import Transformer, fuse_unet

    config = UNetConfig(
        in_channels=8,
        out_channels=4,
        down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"],
        up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"],
        block_out_channels=[32, 64],
        layers_per_block=1,
        cross_attention_dim=384,
    )
    unet = UNet(config).to(memory_format=torch.channels_last)
    given = torch.randn(2, 8, 8, 8), torch.zeros(1, dtype=torch.long), torch.randn(2, 10, 384)
    wanted = unet(*given)
    fuse_unet(unet)
    assert any(isinstance(module, Transformer) for module in unet.modules())
    torch.testing.assert_close(unet(*given), wanted, atol=1e-4, rtol=0)


@inside
def test_the_unet_of_films_is_the_same() -> None:
    """Of two chunks, the first of which hears nothing."""
    from mouthpiece.engines.latentsync.fused import Over, fuse_unet

    config = VideoUNetConfig.model_validate(
        {
            "in_channels": 13,
            "out_channels": 4,
            "down_block_types": ["CrossAttnDownBlock3D", "DownBlock3D"],
            "up_block_types": ["UpBlock3D", "CrossAttnUpBlock3D"],
            "block_out_channels": [32, 64],
            "layers_per_block": 1,
            "cross_attention_dim": 24,
            "add_audio_layer": True,
            "use_motion_module": True,
            "motion_module_type": "Vanilla",
            "motion_module_resolutions": [1, 2],
            "motion_module_kwargs": {
                "attention_block_types": ["Temporal_Self", "Temporal_Self"],
                "temporal_position_encoding": True,
            },
        }
    )
    unet = VideoUNet(config).to(memory_format=torch.channels_last)
    for name, buffer in unet.named_buffers():
        assert name.endswith("pos_encoder.pe")
        buffer.normal_()
    x, heard = torch.randn(2, 13, 3, 8, 8), torch.randn(3, 10, 24)
    timestep, silence = torch.tensor([501]), torch.zeros_like(heard)
    wanted = unet(x, timestep, torch.cat([silence, heard]))
    torch.testing.assert_close(unet(x, timestep, heard), wanted, atol=1e-5, rtol=0)
    fuse_unet(unet)
    assert sum(isinstance(module, Over) for module in unet.modules()) == 10
    torch.testing.assert_close(unet(x, timestep, heard), wanted, atol=1e-4, rtol=0)
