"""Sound as the embedded networks hear it, on batches and any device: see `audio.logmel`."""

from functools import cache

import torch

from ..audio.logmel import (
    BANDS,
    DECIBEL_SCALE,
    FFT,
    HIGHEST_HZ,
    HOP,
    LOUD_SHARE,
    LOWEST_HZ,
    QUIETEST_DB,
    SAMPLE_RATE,
    SMALLEST_POWER,
    SPAN_DB,
    WINDOW,
)


def power_spectrum(samples: torch.Tensor) -> torch.Tensor:
    """Compute power spectra, centred on every `HOP`-th sample.

    Args:
        samples: 16 kHz mono, [B, N] float32.

    Returns:
        Power, [B, N // HOP + 1, FFT // 2 + 1] float32.
    """
    window = torch.hann_window(WINDOW, device=samples.device)
    spectrum = torch.stft(
        samples, FFT, HOP, WINDOW, window, center=True, pad_mode="constant", return_complex=True
    )
    return spectrum.abs().square().transpose(1, 2) / (WINDOW * WINDOW / 8)


def mel(hz: torch.Tensor) -> torch.Tensor:
    """Convert frequencies to mel (O'Shaughnessy, "Speech Communication", 1987).

    Args:
        hz: Frequencies in Hz, any shape.

    Returns:
        The same shape, in mel.
    """
    return 2595 * torch.log10(1 + hz / 700)


def band_edges(stretch: float | torch.Tensor = 1.0) -> torch.Tensor:
    """Compute the edges of the triangular bands, even in mel.

    Args:
        stretch: What they are divided by, a number or [..., 1]. A voice then sounds with its
            resonances `stretch` times as high, as from a vocal tract of another length.

    Returns:
        Edges in Hz, [..., BANDS + 2] float32.
    """
    low, high = mel(torch.tensor([LOWEST_HZ, HIGHEST_HZ]))
    edges = 700 * (10 ** (torch.linspace(float(low), float(high), BANDS + 2) / 2595) - 1)
    if isinstance(stretch, torch.Tensor):
        edges = edges.to(stretch.device)
    return (edges / stretch).clamp(max=SAMPLE_RATE / 2)


def filter_bank(edges: torch.Tensor) -> torch.Tensor:
    """Build triangular filters.

    Each sums to one, so that a band is the mean power under it. A band that is narrower than the
    spacing of the spectrum interpolates between its lines.

    Args:
        edges: In Hz, [..., BANDS + 2] float32.

    Returns:
        The filters' weights of the spectrum's lines, [..., FFT // 2 + 1, BANDS] float32.
    """
    hz = torch.arange(FFT // 2 + 1, device=edges.device) * (SAMPLE_RATE / FFT)
    low, middle, high = (edges[..., None, i : i + BANDS] for i in range(3))
    spacing = SAMPLE_RATE / FFT
    left = torch.minimum(low, middle - spacing)
    right = torch.maximum(high, middle + spacing)
    line = hz[:, None]
    bank = torch.minimum((line - left) / (middle - left), (right - line) / (right - middle))
    bank = bank.clamp(min=0)
    return bank / bank.sum(-2, keepdim=True)


@cache
def _bank(stretch: float) -> torch.Tensor:
    return filter_bank(band_edges(stretch))


def decibels(power: torch.Tensor, bank: torch.Tensor) -> torch.Tensor:
    """Compute band levels.

    Args:
        power: Power spectra, [B, T, FFT // 2 + 1] float32.
        bank: What `filter_bank` returns.

    Returns:
        Levels in dB of full scale, [B, T, BANDS] float32.
    """
    return 10 * torch.log10(power @ bank + SMALLEST_POWER)


def normalize(levels: torch.Tensor) -> torch.Tensor:
    """Relate band levels to each clip's loud level.

    Args:
        levels: In dB of full scale, [B, T, BANDS] float32.

    Returns:
        Features in [-3.5, about 1], [B, T, BANDS] float32.
    """
    frames = levels.amax(2)
    loud = torch.quantile(frames, LOUD_SHARE, dim=1).clamp(min=QUIETEST_DB)
    return (levels - loud[:, None, None]).clamp(min=-SPAN_DB) / DECIBEL_SCALE


def log_mel(samples: torch.Tensor, stretch: float = 1.0) -> torch.Tensor:
    """Compute the features of sound.

    Args:
        samples: 16 kHz mono, [B, N] float32.
        stretch: See `band_edges`.

    Returns:
        Features, row k centred at sample k * HOP, [B, N // HOP + 1, BANDS] float32.
    """
    return normalize(decibels(power_spectrum(samples), _bank(stretch).to(samples.device)))
