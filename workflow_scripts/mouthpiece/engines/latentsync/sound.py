"""Sound as LatentSync hears it: fifty tokens a frame from Whisper's encoder.

Of each row the five hidden states are taken, the last one not normalized. The loudness of the
spectrogram is measured against all of the sound that is given; what lacks at the end of a segment
is silence in the spectrogram, which is not what silence sounds like to `networks.whisper.log_mel`.
"""

from fractions import Fraction

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...audio.whisper_mel import FFT
from ...networks.whisper import WhisperEncoder, first_rows, whole_log_mel


@torch.inference_mode()
def hear(samples: np.ndarray, encoder: WhisperEncoder) -> Tensor:
    """Encode sound by Whisper; each 30 s by itself, as the encoder takes no more.

    Args:
        samples: Sound, [N] float32, 16 kHz mono.
        encoder: Whisper's encoder.

    Returns:
        Rows, [R, layers + 1, width], one for 20 ms, on the encoder's device, in its precision.
    """
    weight = encoder.conv1.weight
    longest = 2 * encoder.embed_positions.weight.shape[0]
    least = np.zeros(max(FFT - len(samples), 0), np.float32)
    mel = whole_log_mel(np.concatenate([samples, least]), weight.device)
    rows = []
    for segment in mel.split(longest, dim=-1):
        columns = segment.shape[-1]
        filled = functional.pad(segment, (0, longest - columns)).to(weight.dtype)
        rows.append(torch.stack(encoder.states(filled), dim=2)[0, : columns // 2])
    return torch.cat(rows)


def windows(
    rows: int, start: int, frames: int, rate: Fraction, around: tuple[int, int]
) -> np.ndarray:
    """Find which rows each frame hears. Beyond the sound its first and last row are repeated.

    Args:
        rows: How many there are.
        start: The sample at which the first frame starts.
        frames: How many frames there are.
        rate: Frames/s, exact.
        around: Sound heard before and after the frame's own, in frames of 25 fps.

    Returns:
        Row numbers, [frames, 2 * (before + after + 1)].
    """
    before, after = around
    own = first_rows(start, frames, rate)[:, None]
    return (own + np.arange(-2 * before, 2 * (after + 1))).clip(0, rows - 1)


def tokens(rows: Tensor, heard: Tensor) -> Tensor:
    """Gather the tokens of each frame.

    Args:
        rows: What `hear` gave, [R, layers + 1, width].
        heard: Row numbers, [frames, window], on the rows' device.

    Returns:
        [frames, window * (layers + 1), width].
    """
    return rows[heard].flatten(1, 2)
