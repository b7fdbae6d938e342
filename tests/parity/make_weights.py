#!/usr/bin/env python3
"""Write a small, seeded, random-valued MuseTalk weight tree in the upstream file layout.

The tree has the file names, container formats and state-dict keys of the real download
(models/musetalkV15/unet.pth, models/sd-vae/, models/whisper/, models/face-parse-bisent/), so code
that loads it loads the real weights too; only the widths are smaller and the values are random.
Every tensor is drawn from a generator seeded by the CRC-32 of its key, so the same tree comes out
on every machine. The golden outputs in golden.npz were made with these weights.

    python make_weights.py OUT_DIR
"""

import json
import sys
import zlib
from pathlib import Path

import torch
import torchvision
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

UNET = dict(
    act_fn="silu",
    attention_head_dim=8,
    block_out_channels=[32, 64, 64, 64],
    center_input_sample=False,
    cross_attention_dim=384,
    down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    downsample_padding=1,
    flip_sin_to_cos=True,
    freq_shift=0,
    in_channels=8,
    layers_per_block=2,
    mid_block_scale_factor=1,
    norm_eps=1e-5,
    norm_num_groups=32,
    out_channels=4,
    sample_size=64,
    up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
)
VAE = dict(
    in_channels=3,
    out_channels=3,
    down_block_types=["DownEncoderBlock2D"] * 4,
    up_block_types=["UpDecoderBlock2D"] * 4,
    block_out_channels=[32, 32, 64, 64],
    layers_per_block=2,
    latent_channels=4,
    norm_num_groups=32,
    sample_size=256,
    scaling_factor=0.18215,
)
WHISPER = dict(
    vocab_size=64,
    d_model=384,
    encoder_layers=4,
    encoder_attention_heads=6,
    decoder_layers=1,
    decoder_attention_heads=6,
    encoder_ffn_dim=256,
    decoder_ffn_dim=64,
    pad_token_id=1,
    bos_token_id=2,
    eos_token_id=3,
    decoder_start_token_id=4,
    suppress_tokens=None,
    begin_suppress_tokens=None,
)


def seeded(state_dict):
    """Replace every floating tensor by seeded values of a scale that keeps activations finite."""
    out = {}
    for key, tensor in state_dict.items():
        if not tensor.is_floating_point() or "embed_positions" in key:
            out[key] = tensor.clone()
            continue
        generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))
        value = torch.randn(tensor.shape, generator=generator)
        if key.endswith("running_var"):
            value = 1 + 0.1 * value.abs()
        elif key.endswith("running_mean") or key.endswith("bias"):
            value = 0.05 * value
        elif tensor.dim() == 1:
            value = 1 + 0.1 * value
        else:
            value = value / tensor[0].numel() ** 0.5
        out[key] = value.to(tensor.dtype)
    return out


def main(out):
    for name in ("musetalkV15", "musetalk", "face-parse-bisent"):
        (out / name).mkdir(parents=True, exist_ok=True)
    unet = seeded(UNet2DConditionModel(**UNET).state_dict())
    for name, file in (("musetalkV15", "unet.pth"), ("musetalk", "pytorch_model.bin")):
        (out / name / "musetalk.json").write_text(json.dumps(UNET, indent=2))
        torch.save(unet, out / name / file)
    vae = AutoencoderKL(**VAE)
    vae.load_state_dict(seeded(vae.state_dict()))
    vae.save_pretrained(out / "sd-vae", safe_serialization=False)
    # The published file predates today's attention names; diffusers renames them on loading.
    legacy = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    state = {}
    for key, value in torch.load(
        out / "sd-vae" / "diffusion_pytorch_model.bin", weights_only=True
    ).items():
        for new, old in legacy.items():
            key = key.replace(f".{new}.", f".{old}.")
        state[key] = value
    torch.save(state, out / "sd-vae" / "diffusion_pytorch_model.bin")
    whisper = WhisperModel(WhisperConfig(**WHISPER))
    whisper.load_state_dict(seeded(whisper.state_dict()))
    whisper.save_pretrained(out / "whisper")
    WhisperFeatureExtractor().save_pretrained(out / "whisper")
    torch.save(
        seeded(torchvision.models.resnet18(weights=None).state_dict()),
        out / "face-parse-bisent" / "resnet18-5c106cde.pth",
    )
    keys = json.loads((Path(__file__).parent / "bisenet_keys.json").read_text())
    shapes = {
        k: torch.empty(s, dtype=getattr(torch, d))
        if d.startswith("float")
        else torch.zeros(s, dtype=getattr(torch, d))
        for k, (s, d) in keys.items()
    }
    torch.save(seeded(shapes), out / "face-parse-bisent" / "79999_iter.pth")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
