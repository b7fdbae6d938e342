"""Sound as the embedded networks see it: log-mel bands, free of the recording's gain."""

from functools import cache

import torch

SAMPLE_RATE = 16000

HOP = SAMPLE_RATE // 100
"""Samples between rows: 10 ms."""

WINDOW, FFT = 400, 512

BANDS = 64

LOWEST_HZ, HIGHEST_HZ = 60.0, 7600.0

SPAN_DB = 70.0
"""What lies further under the loud level than this is silence."""

LOUD_SHARE = 0.95

QUIETEST_DB = -45.0
"""Sound whose loud level lies under this (dB of full scale) is not raised further."""

DECIBEL_SCALE = 20.0


def power_spectrum(samples: torch.Tensor) -> torch.Tensor:
    """Power spectra [B, N // HOP + 1, FFT // 2 + 1] of samples [B, N], centred on every HOP-th."""
    window = torch.hann_window(WINDOW, device=samples.device)
    spectrum = torch.stft(
        samples, FFT, HOP, WINDOW, window, center=True, pad_mode="constant", return_complex=True
    )
    return spectrum.abs().square().transpose(1, 2) / (WINDOW * WINDOW / 8)


def mel(hz: torch.Tensor) -> torch.Tensor:
    """Hertz to mel (O'Shaughnessy)."""
    return 2595 * torch.log10(1 + hz / 700)


def band_edges(stretch: float | torch.Tensor = 1.0) -> torch.Tensor:
    """The [..., BANDS + 2] edges of the triangular bands in Hz, even in mel.

    They are divided by `stretch` ([..., 1] or a number): a voice is heard with its resonances
    `stretch` times as high, as of another length of throat.
    """
    low, high = mel(torch.tensor([LOWEST_HZ, HIGHEST_HZ]))
    edges = 700 * (10 ** (torch.linspace(float(low), float(high), BANDS + 2) / 2595) - 1)
    if isinstance(stretch, torch.Tensor):
        edges = edges.to(stretch.device)
    return (edges / stretch).clamp(max=SAMPLE_RATE / 2)


def filter_bank(edges: torch.Tensor) -> torch.Tensor:
    """Triangular filters [..., FFT // 2 + 1, BANDS] for edges [..., BANDS + 2] in Hz.

    Each sums to one, so that a band is the mean power under it; a band narrower than the spacing of
    the spectrum reads the spectrum between its lines.
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
    """Band levels [B, T, BANDS] in dB of full scale of power spectra [B, T, FFT // 2 + 1]."""
    return 10 * torch.log10(power @ bank + 1e-10)


def normalize(levels: torch.Tensor) -> torch.Tensor:
    """Band levels [B, T, BANDS] in dB against each clip's own loud level, in [-3.5, about 1]."""
    frames = levels.amax(2)
    loud = torch.quantile(frames, LOUD_SHARE, dim=1).clamp(min=QUIETEST_DB)
    return (levels - loud[:, None, None]).clamp(min=-SPAN_DB) / DECIBEL_SCALE


def log_mel(samples: torch.Tensor, stretch: float = 1.0) -> torch.Tensor:
    """Features [B, N // HOP + 1, BANDS] of samples [B, N], 16 kHz; row k is centred at k * HOP.

    `stretch` as in `band_edges`.
    """
    return normalize(decibels(power_spectrum(samples), _bank(stretch).to(samples.device)))
