"""Where a voice is heard, by Silero's voice activity detector, whose weights are in its wheel."""

import numpy as np

from .speech import SAMPLE_RATE


def voiced_s(samples: np.ndarray) -> float:
    """Seconds of a sound [N] float32, 16 kHz mono, with a voice in them: no music, no noise."""
    import torch
    from silero_vad import get_speech_timestamps, load_silero_vad

    spans = get_speech_timestamps(
        torch.from_numpy(samples), load_silero_vad(onnx=True), sampling_rate=SAMPLE_RATE
    )
    return float(sum(span["end"] - span["start"] for span in spans) / SAMPLE_RATE)
