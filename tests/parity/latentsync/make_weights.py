#!/usr/bin/env python3
"""Write a small, seeded, random-valued LatentSync 1.6 weight tree in the published file layout.

    python make_weights.py OUT_DIR

OUT_DIR/checkpoints/latentsync_unet.pt   {"global_step": int, "state_dict": {...}}, fp32, as published
OUT_DIR/checkpoints/whisper/tiny.pt      OpenAI container {"dims": {...}, "model_state_dict": {...}}, fp16, as published
OUT_DIR/sd-vae-ft-mse/                   config.json, diffusion_pytorch_model.safetensors and .bin, with the
                                         published file's old attention names (query, key, value, proj_attn)
OUT_DIR/configs/unet/stage2_512.yaml     `data` and `model` sections, widths reduced, every other value as published
OUT_DIR/configs/scheduler_config.json    DDIM, as published

Every tensor is drawn from a generator seeded by the CRC-32 of its key, so the same values come out on every
machine. Positional tables (UNet `pos_encoder.pe`, Whisper `encoder.positional_embedding`) are the real sinusoids.
The golden outputs in golden.npz were made with these weights. UNet keys and shapes: unet_small_keys.json (here),
unet_keys.json (the published full size).
"""

import json
import math
import sys
import zlib
from pathlib import Path

import torch

MODEL = dict(
    act_fn="silu",
    add_audio_layer=True,
    attention_head_dim=8,
    block_out_channels=[32, 64, 96, 96],
    center_input_sample=False,
    cross_attention_dim=384,
    down_block_types=["CrossAttnDownBlock3D"] * 3 + ["DownBlock3D"],
    mid_block_type="UNetMidBlock3DCrossAttn",
    up_block_types=["UpBlock3D"] + ["CrossAttnUpBlock3D"] * 3,
    downsample_padding=1,
    flip_sin_to_cos=True,
    freq_shift=0,
    in_channels=13,
    layers_per_block=2,
    mid_block_scale_factor=1,
    norm_eps=1e-5,
    norm_num_groups=32,
    out_channels=4,
    sample_size=16,
    resnet_time_scale_shift="default",
    use_motion_module=True,
    motion_module_resolutions=[1, 2, 4, 8],
    motion_module_mid_block=False,
    motion_module_decoder_only=False,
    motion_module_type="Vanilla",
    motion_module_kwargs=dict(
        num_attention_heads=8,
        num_transformer_block=1,
        attention_block_types=["Temporal_Self", "Temporal_Self"],
        temporal_position_encoding=True,
        temporal_position_encoding_max_len=24,
        temporal_attention_dim_div=1,
        zero_initialize=True,
    ),
)
DATA = dict(
    num_frames=16,
    resolution=128,
    audio_sample_rate=16000,
    video_fps=25,
    audio_feat_length=[2, 2],
    mask_image_path="mask.png",
)
SCHEDULER = dict(
    _class_name="DDIMScheduler",
    beta_end=0.012,
    beta_schedule="scaled_linear",
    beta_start=0.00085,
    clip_sample=False,
    num_train_timesteps=1000,
    set_alpha_to_one=False,
    steps_offset=1,
    trained_betas=None,
    skip_prk_steps=True,
)
VAE = dict(
    in_channels=3,
    out_channels=3,
    down_block_types=["DownEncoderBlock2D"] * 4,
    up_block_types=["UpDecoderBlock2D"] * 4,
    block_out_channels=[32, 64, 96, 96],
    layers_per_block=2,
    latent_channels=4,
    norm_num_groups=32,
    sample_size=256,
)
DIMS = dict(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=384,
    n_audio_head=6,
    n_audio_layer=4,
    n_vocab=64,
    n_text_ctx=8,
    n_text_state=64,
    n_text_head=1,
    n_text_layer=1,
)


def seeded(state):
    """Seeded values of a scale that keeps activations finite, for tensors of the given shapes."""
    out = {}
    for key, tensor in state.items():
        shape = tensor.shape
        if key.endswith("pos_encoder.pe"):
            out[key] = interleaved_sinusoid(shape[1], shape[2])[None]
            continue
        if key == "encoder.positional_embedding":
            out[key] = halved_sinusoid(*shape)
            continue
        generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))
        value = torch.randn(shape, generator=generator)
        if key.endswith("bias"):
            value = 0.05 * value
        elif len(shape) == 1:
            value = 1 + 0.1 * value
        else:
            value = value / math.prod(shape[1:]) ** 0.5
        out[key] = value
    return out


def interleaved_sinusoid(length, width):
    """sin in the even columns, cos in the odd ones, wavelengths 2 pi to 2 pi 10000."""
    angle = torch.arange(length)[:, None] * torch.exp(
        torch.arange(0, width, 2) * (-math.log(10000.0) / width)
    )
    return torch.stack([angle.sin(), angle.cos()], -1).reshape(length, width)


def halved_sinusoid(length, width):
    """All sines first, then all cosines (Whisper's table)."""
    half = width // 2
    angle = (
        torch.arange(length)[:, None]
        * torch.exp(-math.log(10000) / (half - 1) * torch.arange(half))[None]
    )
    return torch.cat([angle.sin(), angle.cos()], 1)


def whisper_shapes(d):
    """Key -> shape of an OpenAI-format Whisper state dict."""
    out = {}

    def linear(name, outputs, inputs, bias=True):
        out[f"{name}.weight"] = (outputs, inputs)
        if bias:
            out[f"{name}.bias"] = (outputs,)

    def norm(name, width):
        out[f"{name}.weight"] = out[f"{name}.bias"] = (width,)

    def attention(name, width):
        for part in ("query", "key", "value", "out"):
            linear(f"{name}.{part}", width, width, bias=part != "key")

    def block(name, width, cross):
        attention(f"{name}.attn", width)
        norm(f"{name}.attn_ln", width)
        if cross:
            attention(f"{name}.cross_attn", width)
            norm(f"{name}.cross_attn_ln", width)
        linear(f"{name}.mlp.0", 4 * width, width)
        linear(f"{name}.mlp.2", width, 4 * width)
        norm(f"{name}.mlp_ln", width)

    audio, text = d["n_audio_state"], d["n_text_state"]
    out["decoder.token_embedding.weight"] = (d["n_vocab"], text)
    out["decoder.positional_embedding"] = (d["n_text_ctx"], text)
    for i in range(d["n_text_layer"]):
        block(f"decoder.blocks.{i}", text, True)
    norm("decoder.ln", text)
    out["encoder.positional_embedding"] = (d["n_audio_ctx"], audio)
    out["encoder.conv1.weight"], out["encoder.conv1.bias"] = (audio, d["n_mels"], 3), (audio,)
    out["encoder.conv2.weight"], out["encoder.conv2.bias"] = (audio, audio, 3), (audio,)
    for i in range(d["n_audio_layer"]):
        block(f"encoder.blocks.{i}", audio, False)
    norm("encoder.ln_post", audio)
    return out


def unet_state():
    keys = json.loads((Path(__file__).parent / "unet_small_keys.json").read_text())
    return seeded({k: torch.empty(shape) for k, (shape, _) in keys.items()})


def vae_state():
    from diffusers import AutoencoderKL

    legacy = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    state = {}
    for key, value in seeded(AutoencoderKL(**VAE).state_dict()).items():
        for new, old in legacy.items():
            key = key.replace(f".{new}.", f".{old}.")
        state[key] = value.contiguous()
    return state


def main(out):
    from safetensors.torch import save_file

    for name in ("checkpoints/whisper", "sd-vae-ft-mse", "configs/unet"):
        (out / name).mkdir(parents=True, exist_ok=True)
    torch.save(
        {"global_step": 0, "state_dict": unet_state()}, out / "checkpoints/latentsync_unet.pt"
    )
    whisper = seeded({k: torch.empty(s) for k, s in whisper_shapes(DIMS).items()})
    torch.save(
        {"dims": DIMS, "model_state_dict": {k: v.half() for k, v in whisper.items()}},
        out / "checkpoints/whisper/tiny.pt",
    )
    state = vae_state()
    torch.save(state, out / "sd-vae-ft-mse/diffusion_pytorch_model.bin")
    save_file(
        state, out / "sd-vae-ft-mse/diffusion_pytorch_model.safetensors", metadata={"format": "pt"}
    )
    # The published config.json has no scaling_factor; diffusers' default is 0.18215.
    (out / "sd-vae-ft-mse/config.json").write_text(
        json.dumps({"_class_name": "AutoencoderKL", "act_fn": "silu", **VAE}, indent=2)
    )
    # JSON is YAML; like the published file it has a float without a dot (1e-05).
    (out / "configs/unet/stage2_512.yaml").write_text(
        json.dumps({"data": DATA, "model": MODEL}, indent=2)
    )
    (out / "configs/scheduler_config.json").write_text(json.dumps(SCHEDULER, indent=2))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
