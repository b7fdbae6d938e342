#!/usr/bin/env python3
"""Write seeded, random-valued Wav2Lip checkpoints in the published file format.

    python make_weights.py OUT_DIR

OUT_DIR/wav2lip_gan.pth   {"state_dict": {"module.<key>": ...}, "optimizer": ..., "global_step",
OUT_DIR/wav2lip.pth       "global_epoch"}, fp32, in PyTorch's format before 1.6, as published

The network has one size, so these have the published one's: 145 MB without the optimizer's state,
which holds a few values here. Every tensor is drawn from a generator seeded by the CRC-32 of its
key; those of `wav2lip.pth` by that of the key and a dot, so that the two differ. The golden outputs
in golden.npz were made with `wav2lip_gan.pth`. Keys and shapes: keys.json.
"""

import json
import math
import sys
import zlib
from pathlib import Path

import torch

KEYS = Path(__file__).parent / "keys.json"

LAST = "output_block.1.weight"
"""Of the last convolution: with smaller weights the sigmoid after it is not saturated."""


def seeded(suffix=""):
    """Seeded values of a scale that keeps activations finite."""
    out = {}
    for key, (shape, dtype) in json.loads(KEYS.read_text()).items():
        if dtype != "float32":
            out[key] = torch.zeros(shape, dtype=getattr(torch, dtype))
            continue
        generator = torch.Generator().manual_seed(zlib.crc32((key + suffix).encode()))
        value = torch.randn(shape, generator=generator)
        if key.endswith("running_var"):
            value = 1 + 0.1 * value.abs()
        elif key.endswith(("running_mean", "bias")):
            value = 0.05 * value
        elif len(shape) == 1:
            value = 1 + 0.1 * value
        else:
            value = value * (2 / math.prod(shape[1:])) ** 0.5
        if key == LAST:
            value = 0.2 * value
        out[key] = value
    return out


def write(path, state):
    """A checkpoint as upstream's training writes it."""
    moment = {"step": 3, "exp_avg": torch.zeros(2), "exp_avg_sq": torch.zeros(2)}
    group = {"lr": 1e-4, "betas": (0.5, 0.999), "eps": 1e-8, "weight_decay": 0, "params": [0]}
    held = {
        "state_dict": {f"module.{key}": value for key, value in state.items()},
        "optimizer": {"state": {0: moment}, "param_groups": [group]},
        "global_step": 3,
        "global_epoch": 1,
    }
    torch.save(held, path, _use_new_zipfile_serialization=False)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    write(out / "wav2lip_gan.pth", seeded())
    write(out / "wav2lip.pth", seeded("."))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
