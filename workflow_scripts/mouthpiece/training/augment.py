"""Augmentation of sound: other voices, rooms, noises and microphones, on whole batches.

Everything is drawn from one generator, so that a seed fixes it. Batches may be on any device.
"""

import math

import torch

from ..audio.logmel import BANDS, FFT, HOP, SAMPLE_RATE
from .logmel import band_edges, decibels, filter_bank, normalize, power_spectrum

PITCH = (0.8, 1.9)
"""Least and most factor of the voice's pitch; the trained speaker's is low."""

FORMANTS = (0.84, 1.22)
"""Least and most stretch of the vocal tract's resonances, after Jaitly and Hinton's VTLP (2013)."""

PITCHED_SHARE, ROOM_SHARE, NOISE_SHARE, EQ_SHARE, NARROW_SHARE = 0.7, 0.5, 0.7, 0.8, 0.2

NOISE_DB = (3.0, 45.0)
"""Least and most signal to noise."""

ROOM_DECAY_S = (0.1, 0.6)
"""Least and most time in which an echo decays by 60 dB."""

ROOM_DB = (-3.0, 15.0)
"""Least and most ratio of direct to reverberant sound."""

EQ_DB = 6.0
"""Standard deviation of the gain at the knots of an equalizer."""

GROUPS = 4
"""A batch's voices are shifted in groups of one pitch each."""

ENVELOPE_QUEFRENCIES = 40
"""Cepstral coefficients kept in a spectral envelope: those of lags too short for a pitch."""

VOCODER_HOP = FFT // 4


def uniform(low: float, high: float, count: int, generator: torch.Generator) -> torch.Tensor:
    """Draw numbers.

    Args:
        low: The least.
        high: The most.
        count: How many.
        generator: The source of chance.

    Returns:
        [count] float32 on the generator's device.
    """
    draw = torch.rand(count, generator=generator, device=generator.device)
    return low + (high - low) * draw


def chosen(share: float, count: int, generator: torch.Generator) -> torch.Tensor:
    """Draw truth values.

    Args:
        share: The chance of each to be true.
        count: How many.
        generator: The source of chance.

    Returns:
        [count] bool on the generator's device.
    """
    return torch.rand(count, generator=generator, device=generator.device) < share


def other_sound(samples: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Compute the features of sound as if another voice had spoken in another place.

    Args:
        samples: 16 kHz mono, [B, N] float32.
        generator: The source of chance.

    Returns:
        Features as `logmel.log_mel` returns them, [B, N // HOP + 1, BANDS] float32.
    """
    count = len(samples)
    samples = in_room(samples, generator)
    power = _in_pitch(samples, generator)
    power = power + _noise(power, generator)
    warp = 2 ** uniform(math.log2(FORMANTS[0]), math.log2(FORMANTS[1]), count, generator)
    levels = decibels(power, filter_bank(band_edges(warp[:, None])))
    return normalize(levels + _equalizer(count, generator))


def _in_pitch(samples: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Power spectra with the voice's pitch moved and its resonances kept."""
    power = power_spectrum(samples)
    size = -(-len(samples) // GROUPS)
    for first in range(0, len(samples), size):
        if not bool(chosen(PITCHED_SHARE, 1, generator)):
            continue
        ratio = 2 ** float(uniform(math.log2(PITCH[0]), math.log2(PITCH[1]), 1, generator))
        part = slice(first, first + size)
        moved = power_spectrum(shift_pitch(samples[part], ratio))
        change = (_envelope(power[part]) - _envelope(moved)).clamp(-7, 7)
        power[part] = moved * torch.exp(change)
    return power


def _envelope(power: torch.Tensor) -> torch.Tensor:
    """The smooth part of log power spectra [B, T, F], by the cepstrum."""
    cepstrum = torch.fft.irfft(torch.log(power + 1e-9), dim=2)
    cepstrum[..., ENVELOPE_QUEFRENCIES : FFT - ENVELOPE_QUEFRENCIES + 1] = 0
    return torch.fft.rfft(cepstrum, dim=2).real


def shift_pitch(samples: torch.Tensor, ratio: float) -> torch.Tensor:
    """Move all frequencies at the same speed, by a phase vocoder.

    Args:
        samples: [B, N] float32.
        ratio: What the frequencies are multiplied by.

    Returns:
        [B, N] float32.
    """
    length = samples.shape[1]
    window = torch.hann_window(FFT, device=samples.device)
    spectrum = torch.stft(samples, FFT, VOCODER_HOP, window=window, return_complex=True)
    frames = spectrum.shape[2]
    at = torch.arange(0, frames - 1, 1 / ratio, device=samples.device)
    low = at.long().clamp(max=frames - 2)
    share = at - low
    before, after = spectrum[:, :, low], spectrum[:, :, low + 1]
    size = before.abs() * (1 - share) + after.abs() * share
    advance = torch.angle(after * before.conj())
    phase = torch.cumsum(advance, 2) - advance + torch.angle(spectrum[:, :, :1])
    longer = torch.istft(torch.polar(size, phase), FFT, VOCODER_HOP, window=window)
    return read_at(longer, torch.arange(length, device=samples.device) * ratio)


def read_at(samples: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Read samples between their positions, linearly; zero beyond the ends.

    Args:
        samples: [B, N] float32.
        positions: In samples, [M] or [B, M] float.

    Returns:
        [B, M] float32.
    """
    length = samples.shape[1]
    positions = positions.expand(len(samples), -1)
    low = positions.floor().long()
    share = positions - low
    inside = (low >= 0) & (low < length - 1)
    low = low.clamp(0, length - 2)
    value = samples.gather(1, low) * (1 - share) + samples.gather(1, low + 1) * share
    return value * inside


def in_room(samples: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Add an echo that dies away to some of a batch.

    Args:
        samples: [B, N] float32.
        generator: The source of chance.

    Returns:
        [B, N] float32.
    """
    count, length = samples.shape
    reach = int(ROOM_DECAY_S[1] * SAMPLE_RATE)
    time = torch.arange(reach, device=samples.device) / SAMPLE_RATE
    decay = uniform(*ROOM_DECAY_S, count, generator)
    echo = torch.randn(count, reach, generator=generator, device=samples.device)
    echo = echo * torch.exp(-6.9 * time / decay[:, None])
    echo[:, :40] = 0
    direct = 10 ** (uniform(*ROOM_DB, count, generator) / 20)
    echo = echo / (echo.norm(dim=1) * direct)[:, None]
    echo = echo * chosen(ROOM_SHARE, count, generator)[:, None]
    echo[:, 0] = 1
    size = length + reach
    spectrum = torch.fft.rfft(samples, size) * torch.fft.rfft(echo, size)
    return torch.fft.irfft(spectrum, size)[:, :length]


def _noise(power: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Power [B, T, F] of a tilted, slowly changing noise, to be added to a sound's."""
    count, steps, lines = power.shape
    tilt = uniform(-2, 0, count, generator)
    hz = torch.arange(1, lines + 1, device=power.device) * (SAMPLE_RATE / FFT)
    shape = hz[None] ** tilt[:, None]
    shape = shape / shape.sum(1, keepdim=True)
    size = torch.empty_like(power).exponential_(generator=generator)
    knots = torch.randn(count, 1, steps // 40 + 2, generator=generator, device=power.device)
    swell = torch.nn.functional.interpolate(knots, steps, mode="linear")[:, 0]
    level = power.sum(2).mean(1) * 10 ** (-uniform(*NOISE_DB, count, generator) / 10)
    level = level * chosen(NOISE_SHARE, count, generator)
    return size * shape[:, None] * (level[:, None] * 10 ** (0.3 * swell))[:, :, None]


def _equalizer(count: int, generator: torch.Generator) -> torch.Tensor:
    """Gains [B, 1, BANDS] in dB: smooth curves, and the narrow band of a telephone for a few."""
    device = generator.device
    knots = torch.randn(count, 1, 7, generator=generator, device=device) * EQ_DB
    knots = knots * chosen(EQ_SHARE, count, generator)[:, None, None]
    gains = torch.nn.functional.interpolate(knots, BANDS, mode="linear", align_corners=True)
    top = uniform(0.72, 1.0, count, generator) * BANDS
    over = (torch.arange(BANDS, device=device) - top[:, None]).clamp(min=0)
    narrow = chosen(NARROW_SHARE, count, generator)
    return gains - (6 * over * narrow[:, None])[:, None]


def masked(features: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Blank a run of bands and a run of time (Park et al., "SpecAugment", 2019).

    Args:
        features: [B, T, BANDS] float32.
        generator: The source of chance.

    Returns:
        The same shape.
    """
    count, steps, bands = features.shape
    for size, most, shape in ((bands, 10, (1, 1, -1)), (steps, 12, (1, -1, 1))):
        first = uniform(0, size, count, generator)
        width = uniform(0, most, count, generator) * chosen(0.5, count, generator)
        at = torch.arange(size, device=features.device)[None]
        hit = (at >= first[:, None]) & (at < (first + width)[:, None])
        features = features.masked_fill(hit.view(count, *shape[1:]), float(features.mean()))
    return features


assert VOCODER_HOP % 2 == 0 and HOP > 0
