"""Sound as MuseTalk hears it: fifty tokens a frame from Whisper's encoder.

Whisper (Radford et al., arXiv:2212.04356) gives 50 rows a second, each the five hidden states of
its tiny encoder. A frame hears a window of rows: its own 40 ms and twice as much on either side.
"""

import math
from fractions import Fraction

import numpy as np
import torch

from ...audio.speech import SAMPLE_RATE
from ...networks.whisper import ROWS_PER_S, SEGMENT_S, WhisperEncoder, first_rows, log_mel

SILENT = -1
"""The index of a row beyond the sound: zeros."""


@torch.inference_mode()
def hear(samples: np.ndarray, encoder: WhisperEncoder) -> torch.Tensor:
    """Encode sound by Whisper; each 30 s by itself, as the encoder takes no more.

    Args:
        samples: Sound, [N] float32, 16 kHz mono.
        encoder: Whisper's encoder.

    Returns:
        Rows, [floor(N * 50 / 16000), layers, width], on the encoder's device, in its precision.
    """
    weight = encoder.conv1.weight
    segments = range(0, max(len(samples), 1), SEGMENT_S * SAMPLE_RATE)
    rows = []
    for start in segments:
        mel = log_mel(samples[start : start + SEGMENT_S * SAMPLE_RATE], weight.device)
        rows.append(torch.stack(encoder(mel.to(weight.dtype)), dim=2)[0])
    return torch.cat(rows)[: len(samples) * ROWS_PER_S // SAMPLE_RATE]


def exact_windows(
    rows: int, start: int, frames: int, rate: Fraction, left: int, right: int
) -> np.ndarray:
    """Find which rows each frame hears.

    Args:
        rows: How many there are.
        start: The sample at which the first frame starts.
        frames: How many frames there are.
        rate: Frames/s, exact.
        left: Sound heard before the frame's own, in frames of 25 fps, which is what the network was
            trained on: at every rate a window starts 2 * left rows before the frame.
        right: Sound heard after the frame's own, in the same unit.

    Returns:
        Row numbers, [frames, 2 * (left + right + 1)]; `SILENT` beyond the sound.
    """
    return _windows(first_rows(start, frames, rate) - 2 * left, rows, left, right)


def upstream_windows(rows: int, frames: int, rate: Fraction, left: int, right: int) -> np.ndarray:
    """Find which rows each frame hears, as upstream does.

    The rate is cut to a whole number, the padding rounded up. At 29.97 and 23.976 fps these windows
    drift; at 24 and from 50 on they lie up to 40 ms beside the frame.

    Args:
        rows: How many there are of the cut's sound without context.
        frames: How many frames there are.
        rate: Frames/s, exact.
        left: See `exact_windows`.
        right: See `exact_windows`.

    Returns:
        Row numbers, [frames, 2 * (left + right + 1)]; `SILENT` beyond the sound.
    """
    step = ROWS_PER_S / int(rate)
    own = np.array([math.floor(i * step) for i in range(frames)], np.int64)
    return _windows(own - math.ceil(step) * left, rows, left, right)


def _windows(first: np.ndarray, rows: int, left: int, right: int) -> np.ndarray:
    index = first[:, None] + np.arange(2 * (left + right + 1))
    return np.where((index >= 0) & (index < rows), index, SILENT)


def with_silence(rows: torch.Tensor) -> torch.Tensor:
    """Add a row of zeros at the end, which `SILENT` then takes.

    Args:
        rows: [R, layers, width].

    Returns:
        [R + 1, layers, width].
    """
    return torch.cat([rows, rows.new_zeros(1, *rows.shape[1:])])


def tokens(rows: torch.Tensor, windows: torch.Tensor) -> torch.Tensor:
    """Gather the tokens of each frame.

    Args:
        rows: What `with_silence` gave, [R + 1, layers, width].
        windows: Row numbers, [frames, window], on the rows' device.

    Returns:
        [frames, window * layers, width].
    """
    return rows[windows].flatten(1, 2)


def positions(length: int, width: int) -> torch.Tensor:
    """Compute the sinusoidal position code that is added to a frame's tokens.

    Vaswani et al., arXiv:1706.03762, section 3.5.

    Args:
        length: Tokens.
        width: Their width.

    Returns:
        [length, width] float32.
    """
    place = torch.arange(length, dtype=torch.float32)[:, None]
    pace = torch.exp(torch.arange(0, width, 2).float() * (-math.log(10000.0) / width))
    code = torch.zeros(length, width)
    code[:, 0::2] = torch.sin(place * pace)
    code[:, 1::2] = torch.cos(place * pace)
    return code
