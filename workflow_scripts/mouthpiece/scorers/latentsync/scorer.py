"""StableSyncNet, LatentSync's sync network: a second opinion.

Li et al., "LatentSync: Audio Conditioned Latent Diffusion Models for Lip Sync", arXiv:2412.09262.
It sees the lower half of an aligned face in 16 frames and says by a cosine whether the sound of
those 0.64 s fits; its makers take more than 0.5 for sync. MuseTalk 1.5 and LatentSync were trained
to please it, so its word on their drafts is kind: `syncnet_v2` is the independent judge.

The score: the confidence is the median cosine over windows at the best of 31 offsets, the distance
one less that, the margin the best offset's lead over the median one.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import torch
from scipy.signal import lfilter
from torch import nn
from torch.nn import functional

from ...weights.find import verified_weight_path
from ...weights.load import fill, load_tensors
from .. import lse
from ..base import Score, Seen

WEIGHTS = "stable_syncnet.pt"

SAMPLE_RATE = 16000

SAMPLES_PER_FRAME = SAMPLE_RATE // 25

FRAMES = 16
"""Frames of a window."""

STEP_FRAMES = 4
"""From one window of lips to the next; those of sound start at every frame."""

BATCH = 8

GROUPS, HEADS, EPSILON = 32, 8, 1e-6

FACE_PX = 256

ALIGNED_PX = (210, 280)
"""Width and height of the aligned face before it is made square."""

TEMPLATE = 2.8 * np.array([[17.0, 20.0], [58.0, 20.0], [37.5, 40.0]])
"""Where the brows (left and right in the picture) and the nose come to lie in it."""

BROWS_AND_NOSE = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300), (5, 4, 129, 358))
"""Mesh points for LatentSync's landmarks: the upper edges of the brows; ridge, tip, both wings."""

FILLER = 127
"""The grey beyond the picture's edge."""

BANDS, COLUMNS, COLUMNS_PER_S = 80, 52, 80
"""Mel bands, columns of a window of sound, and how many there are in a second."""

FFT, HOP = 800, 200

LOWEST_HZ, HIGHEST_HZ = 55.0, 7600.0

PREEMPHASIS = 0.97

REFERENCE_DB, FLOOR_DB, PEAK = 20.0, -100.0, 4.0


@dataclass(frozen=True)
class Tower:
    """The shape of one of the two networks.

    inputs: channels that it takes. channels, strides (rows, columns), attention: of each block.
    """

    inputs: int
    channels: tuple[int, ...]
    strides: tuple[tuple[int, int], ...]
    attention: tuple[bool, ...]


SOUND = Tower(
    1,
    (32, 64, 128, 256, 512, 1024, 2048),
    ((2, 1), (2, 2), (2, 2), (1, 1), (2, 2), (2, 2), (2, 3)),
    (False, False, False, True, True, False, False),
)
"""Takes [B, 1, 80, 52]."""

LIPS = Tower(
    3 * FRAMES,
    (64, 128, 256, 256, 512, 1024, 2048, 2048),
    ((1, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2)),
    (False, False, False, False, True, True, False, False),
)
"""Takes [B, 48, 128, 256]."""


class StableSyncNet(nn.Module):
    """The two towers, keys and shapes as published (`tests/parity/stable_syncnet_keys.json`).

    Without attention they are those of the older `latentsync_syncnet.pt`.
    """

    def __init__(self, sound: Tower = SOUND, lips: Tower = LIPS) -> None:
        super().__init__()
        self.audio_encoder = Encoder(sound)
        self.visual_encoder = Encoder(lips)

    def sound(self, mel: torch.Tensor) -> torch.Tensor:
        """Unit embeddings [B, D] of windows [B, 1, 80, 52] of `mel`."""
        return functional.normalize(self.audio_encoder(mel).flatten(1))

    def lips(self, halves: torch.Tensor) -> torch.Tensor:
        """Unit embeddings [B, D] of lower halves [B, 48, 128, 256] in [-1, 1], RGB by RGB."""
        return functional.normalize(self.visual_encoder(halves).flatten(1))


class Encoder(nn.Module):
    """A convolutional tower down to one place."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(tower.inputs, tower.channels[0], 3, padding=1)
        self.down_blocks = nn.ModuleList()
        before = (tower.channels[0], *tower.channels)
        for incoming, channels, stride, attends in zip(
            before, tower.channels, tower.strides, tower.attention, strict=False
        ):
            self.down_blocks.append(Residual(incoming, channels, stride))
            if attends:
                self.down_blocks.append(Attending(channels))
        self.norm_out = nn.GroupNorm(GROUPS, tower.channels[-1], EPSILON)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps [B, C, H, W] to [B, D, 1, 1]."""
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return functional.relu(self.norm_out(x))


class Residual(nn.Module):
    """Two convolutions beside a short cut, and a third that reduces."""

    def __init__(self, incoming: int, channels: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, incoming, EPSILON)
        self.conv1 = nn.Conv2d(incoming, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, channels, EPSILON)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        if incoming != channels:
            self.conv_shortcut = nn.Conv2d(incoming, channels, 1)
        if stride != (1, 1):
            self.downsample_conv = nn.Conv2d(channels, channels, 3, stride)
        # Where a side keeps its length it is padded at both ends, else only at the far one.
        rows, columns = stride
        self._padding = (int(columns == 1), 1, int(rows == 1), 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps [B, C, H, W] to [B, D, H / rows, W / columns]."""
        found = self.conv1(functional.silu(self.norm1(x)))
        found = self.conv2(functional.silu(self.norm2(found)))
        x = found + (self.conv_shortcut(x) if hasattr(self, "conv_shortcut") else x)
        if not hasattr(self, "downsample_conv"):
            return x
        return self.downsample_conv(functional.pad(x, self._padding))


class Attending(nn.Module):
    """Every place looks at every other: a transformer's block between two 1x1 convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels, EPSILON)
        self.norm2 = nn.LayerNorm(channels)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = GatedLayers(channels)
        self.conv_in = nn.Conv2d(channels, channels, 1)
        self.conv_out = nn.Conv2d(channels, channels, 1)
        self.attn = SelfAttention(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps [B, C, H, W] to the same."""
        places = self.conv_in(self.norm1(x)).flatten(2).transpose(1, 2)
        places = places + self.attn(self.norm2(places))
        places = places + self.ff(self.norm3(places))
        return x + self.conv_out(places.transpose(1, 2).reshape(x.shape))


class SelfAttention(nn.Module):
    """Attention of 8 heads over [B, N, C]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps [B, N, C] to the same."""
        query, key, value = (
            layer(x).unflatten(2, (HEADS, -1)).transpose(1, 2)
            for layer in (self.to_q, self.to_k, self.to_v)
        )
        found = functional.scaled_dot_product_attention(query, key, value)
        return self.to_out[0](found.transpose(1, 2).flatten(2))


class GatedLayers(nn.Module):
    """A transformer's two layers, the first gated (GEGLU: Shazeer, arXiv:2002.05202)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        gated = nn.ModuleDict({"proj": nn.Linear(channels, 8 * channels)})
        self.net = nn.ModuleList([gated, nn.Identity(), nn.Linear(4 * channels, channels)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps [B, N, C] to the same."""
        first, _, last = self.net
        value, gate = first.get_submodule("proj")(x).chunk(2, dim=-1)
        return last(value * functional.gelu(gate))


class Latentsync:
    """StableSyncNet's score. Raises InputError where its weights are missing, Fault on misfit."""

    def __init__(self) -> None:
        path = verified_weight_path(WEIGHTS)
        with torch.device("meta"):
            self._net = StableSyncNet(SOUND, LIPS)
        fill(self._net, load_tensors(path, torch.float32))

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`.

        A cut shorter than a window is lengthened by its last picture and by silence, so that any
        cut has a score; a gate has a least duration.
        """
        with torch.inference_mode():
            lips, starts, frames = self._lips(lower_halves(face))
            sound = self._sound(samples, max(frames, FRAMES))
        table = lse.distance_table(lips, sound, frames=starts)
        # Of unit vectors: the squared distance is 2 less twice the cosine.
        windows = lse.filled(table**2 / 2)
        distances = np.median(windows, axis=0)
        best = int(distances.argmin())
        return Score(
            confidence=float(1 - distances[best]),
            distance=float(distances[best]),
            offset_frames=int(lse.OFFSETS[best]),
            margin=float(np.median(distances) - distances[best]),
            course=tuple(float(v) for v in (1 - windows[:, best]).round(3)),
        )

    def _lips(self, halves: Iterator[np.ndarray]) -> tuple[np.ndarray, np.ndarray, int]:
        """Embeddings [W, D] of every STEP_FRAMES-th window, where each starts, and T frames."""
        held: deque[np.ndarray] = deque(maxlen=FRAMES)
        found: list[torch.Tensor] = []
        starts: list[int] = []
        batch: list[np.ndarray] = []
        frames = 0
        for half in halves:
            held.append(half)
            frames += 1
            start = frames - FRAMES
            if start >= 0 and start % STEP_FRAMES == 0:
                batch.append(np.concatenate(held))
                starts.append(start)
            if len(batch) == BATCH:
                found.append(self._embed(batch))
                batch = []
        if not starts:
            held.extend([held[-1]] * (FRAMES - frames))
            batch.append(np.concatenate(held))
            starts.append(0)
        if batch:
            found.append(self._embed(batch))
        return torch.cat(found).numpy(), np.array(starts), frames

    def _embed(self, windows: list[np.ndarray]) -> torch.Tensor:
        return self._net.lips(torch.from_numpy(np.stack(windows)).float() / 127.5 - 1)

    def _sound(self, samples: np.ndarray, frames: int) -> np.ndarray:
        """Embeddings [frames - 15, D], one of each frame at which a window starts."""
        heard = np.zeros(frames * SAMPLES_PER_FRAME, np.float32)
        heard[: len(samples)] = samples[: len(heard)]
        columns = torch.from_numpy(mel(heard).astype(np.float32))
        firsts = [start * COLUMNS_PER_S // 25 for start in range(frames - FRAMES + 1)]
        windows = columns.unfold(1, COLUMNS, 1)[:, firsts].permute(1, 0, 2)[:, None]
        return torch.cat([self._net.sound(batch) for batch in windows.split(BATCH)]).numpy()


def mel(samples: np.ndarray) -> np.ndarray:
    """LatentSync's mel spectrogram [80, 1 + N // 200] in [-4, 4] of samples [N], 16 kHz."""
    emphasized = torch.from_numpy(lfilter([1, -PREEMPHASIS], [1], samples).astype(np.float32))
    window = torch.hann_window(FFT)
    spectrum = torch.stft(
        emphasized, FFT, HOP, FFT, window, pad_mode="constant", return_complex=True
    )
    level = 20 * np.log10(np.maximum(mel_bank() @ spectrum.abs().numpy(), 10 ** (FLOOR_DB / 20)))
    share = (level - REFERENCE_DB - FLOOR_DB) / -FLOOR_DB
    return np.clip(PEAK * (2 * share - 1), -PEAK, PEAK)


@cache
def mel_bank() -> np.ndarray:
    """Triangular filters [80, 401] of equal area, even on Slaney's mel scale."""
    low, high = (_slaney_mel(hz) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges = np.array([_slaney_hz(m) for m in np.linspace(low, high, BANDS + 2)])
    line = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    below, middle, above = (edges[i : i + BANDS, None] for i in range(3))
    rising, falling = (line - below) / (middle - below), (above - line) / (above - middle)
    bank = np.clip(np.minimum(rising, falling), 0, None)
    return (bank * 2 / (above - below)).astype(np.float32)


def _slaney_mel(hz: float) -> float:
    """Linear up to 1000 Hz, logarithmic above (Slaney, Auditory Toolbox)."""
    return hz * 3 / 200 if hz < 1000 else 15 + float(np.log(hz / 1000)) * 27 / float(np.log(6.4))


def _slaney_hz(m: float) -> float:
    return m * 200 / 3 if m < 15 else 1000 * float(np.exp((m - 15) * np.log(6.4) / 27))


def lower_halves(face: Iterable[Seen]) -> Iterator[np.ndarray]:
    """The lower half of each aligned face, [3, 128, 256] uint8 RGB."""
    for seen in face:
        yield aligned(seen).transpose(2, 0, 1)[:, FACE_PX // 2 :]


def aligned(seen: Seen) -> np.ndarray:
    """A face turned, scaled and moved onto LatentSync's template, [256, 256, 3] uint8 RGB.

    LatentSync rounds its detector's landmarks to whole pixels and moves each picture by a fraction
    of a pixel after the one before; the mesh is steady without either.
    """
    points = np.array([seen.points[list(group), :2].mean(0) for group in BROWS_AND_NOSE])
    face = cv2.warpAffine(
        seen.picture,
        similarity(points, TEMPLATE),
        ALIGNED_PX,
        flags=cv2.INTER_LINEAR,
        borderValue=(FILLER, FILLER, FILLER),
    )
    return cv2.resize(face, (FACE_PX, FACE_PX), interpolation=cv2.INTER_LANCZOS4)


def similarity(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The affine [2, 3] that turns, scales and moves points [N, 2] onto others.

    Scaled by the ratio of their spreads, turned as Kabsch (Acta Cryst. A32, 1976) has it.
    """
    middles = points.mean(0), onto.mean(0)
    here, there = points - middles[0], onto - middles[1]
    left, _, right = np.linalg.svd(here.T @ there)
    flip = np.diag([1.0, np.sign(np.linalg.det(right.T @ left.T))])
    turn = right.T @ flip @ left.T * (there.std() / here.std())
    return np.column_stack([turn, middles[1] - turn @ middles[0]])
