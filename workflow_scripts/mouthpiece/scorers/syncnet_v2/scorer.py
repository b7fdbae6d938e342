"""SyncNet, the independent judge: LSE-C, LSE-D and offset as papers on lip sync report them.

Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016. The network
has the layout of the published `syncnet_v2.model`; sound, crops and arithmetic are those of its
public code, so that 3.0 here is 3.0 there. No engine of this project was trained against it.

What differs from the public code, and why:
- Crops are not stored as XVID and JPEG on the way to the network.
- Their box is made of the face mesh, not by S3FD: see `face_box`.
- At a cut's first and last six frames the box is the median of the frames that there are; the
  public code's median runs into zeros there and draws the box to its smallest values.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import torch
from scipy.fft import dct
from torch import nn

from ...weights.find import verified_weight_path
from ...weights.load import fill, load_tensors
from .. import lse
from ..base import Score, Seen

WEIGHTS = "auxiliary/syncnet_v2.model"

SAMPLE_RATE = 16000

SAMPLES_PER_FRAME = SAMPLE_RATE // 25

EMBEDDING = 1024

LIP_FRAMES = 5
"""Frames of a window of lips."""

SOUND_COLUMNS, COLUMNS_PER_FRAME = 20, 4
"""MFCC columns of a window of sound, and from one window to the next."""

BATCH = 20

CROP_PX = 224

CROP_SCALE = 0.4
"""How much more than the face a crop shows, in half heights of the face: aside, and twice below."""

FOREHEAD = 0.09
"""How far a detector's box reaches above the mesh, in heights of the mesh."""

BORDER = 110
"""The grey beyond the picture's edge."""

REACH = 6
"""Frames before and after whose median, with its own, is a frame's box."""

COEFFICIENTS, BANDS, LIFTER = 13, 26, 22

WINDOW, HOP, FFT = 400, 160, 512

PREEMPHASIS = 0.97

FULL_SCALE = 32768
"""The network hears 16 bit samples; the first coefficient is their energy's logarithm."""


class SyncNet(nn.Module):
    """The two networks, keys and shapes as published (`tests/parity/syncnet_v2_keys.json`)."""

    def __init__(self) -> None:
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_flat(1, 64, 3, padding=1),
            nn.MaxPool2d(1),
            *_flat(64, 192, 3, padding=1),
            nn.MaxPool2d(3, stride=(1, 2)),
            *_flat(192, 384, 3, padding=1),
            *_flat(384, 256, 3, padding=1),
            *_flat(256, 256, 3, padding=1),
            nn.MaxPool2d(3, stride=2),
            *_flat(256, 512, (5, 4)),
        )
        self.netfcaud = _head()
        self.netfclip = _head()
        self.netcnnlip = nn.Sequential(
            *_deep(3, 96, (LIP_FRAMES, 7, 7), stride=(1, 2, 2)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2)),
            *_deep(96, 256, (1, 5, 5), stride=(1, 2, 2), padding=(0, 1, 1)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), padding=(0, 1, 1)),
            nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2)),
            *_deep(256, 512, (1, 6, 6)),
        )

    def lips(self, crops: torch.Tensor) -> torch.Tensor:
        """Embeddings [T - 4, 1024] of crops [3, T, 224, 224], BGR in 0..255, one a window.

        Windows share what they overlap in: only the first layer sees more than one frame.
        """
        return self.netfclip(self.netcnnlip(crops[None])[0, :, :, 0, 0].T)

    def sound(self, windows: torch.Tensor) -> torch.Tensor:
        """Embeddings [B, 1024] of windows [B, 1, 13, 20] of MFCC."""
        return self.netfcaud(self.netcnnaud(windows).flatten(1))


def _flat(inputs: int, outputs: int, kernel: Any, **options: Any) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, outputs, kernel, **options), nn.BatchNorm2d(outputs), nn.ReLU()


def _deep(inputs: int, outputs: int, kernel: Any, **options: Any) -> tuple[nn.Module, ...]:
    return nn.Conv3d(inputs, outputs, kernel, **options), nn.BatchNorm3d(outputs), nn.ReLU()


def _head() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, EMBEDDING)
    )


class SyncnetV2:
    """SyncNet's score. Raises InputError where its weights are missing, Fault where they misfit."""

    def __init__(self) -> None:
        path = verified_weight_path(WEIGHTS)
        with torch.device("meta"):
            self._net = SyncNet()
        counters = {
            key: torch.tensor(0)  # of training, which the published file has not
            for key in self._net.state_dict()
            if key.endswith("num_batches_tracked")
        }
        fill(self._net, counters | load_tensors(path, torch.float32))

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`.

        A cut too short for one window is lengthened by its last picture and by silence, so that any
        cut has a score; a gate has a least duration.
        """
        return self.score_crops(crops(face), samples)

    def score_crops(self, pictures: Iterator[np.ndarray], samples: np.ndarray) -> Score:
        """The score of crops [224, 224, 3] uint8 BGR at 25 fps, and sound."""
        with torch.inference_mode():
            lips, frames = self._lips(pictures)
            windows = max(1, min(frames, len(samples) // SAMPLES_PER_FRAME) - LIP_FRAMES)
            sound = self._sound(samples, windows)
        return lse.lse(lse.distance_table(lips[:windows], sound, beyond="zeros"))

    def _lips(self, pictures: Iterator[np.ndarray]) -> tuple[np.ndarray, int]:
        """Embeddings [T - 4, 1024] of T crops, and T; a few crops are held."""
        found: list[torch.Tensor] = []
        held: list[np.ndarray] = []
        frames = 0
        for picture in pictures:
            held.append(picture)
            frames += 1
            if len(held) == BATCH + LIP_FRAMES - 1:
                found.append(self._embed(held))
                held = held[BATCH:]
        held += held[-1:] * (LIP_FRAMES - frames)
        if len(held) >= LIP_FRAMES:
            found.append(self._embed(held))
        return torch.cat(found).numpy(), frames

    def _embed(self, pictures: list[np.ndarray]) -> torch.Tensor:
        return self._net.lips(torch.from_numpy(np.stack(pictures)).permute(3, 0, 1, 2).float())

    def _sound(self, samples: np.ndarray, windows: int) -> np.ndarray:
        """Embeddings [windows, 1024], one a frame."""
        least = (windows + LIP_FRAMES) * SAMPLES_PER_FRAME
        samples = np.pad(samples, (0, max(0, least - len(samples))))
        columns = torch.from_numpy(mfcc(samples).T.astype(np.float32))
        heard = columns.unfold(1, SOUND_COLUMNS, COLUMNS_PER_FRAME)[:, :windows]
        batches = heard.permute(1, 0, 2)[:, None].split(BATCH)
        return torch.cat([self._net.sound(batch) for batch in batches]).numpy()


def mfcc(samples: np.ndarray) -> np.ndarray:
    """MFCC [T, 13] float64 of samples [N] in [-1, 1), 16 kHz; 100 rows/s.

    As python_speech_features' defaults compute them: 25 ms of pre-emphasized sound without a taper,
    26 triangular bands whose edges are whole lines of the spectrum, an orthonormal DCT, liftered,
    and the first coefficient replaced by the logarithm of the energy. The last row is filled up by
    zeros.
    """
    heard = np.clip(np.round(samples.astype(np.float64) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    heard[1:] -= PREEMPHASIS * heard[:-1]
    rows = 1 + max(0, -(-(len(heard) - WINDOW) // HOP))
    heard = np.pad(heard, (0, (rows - 1) * HOP + WINDOW - len(heard)))
    windows = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(windows, FFT)) ** 2 / FFT
    tiny = np.finfo(float).eps
    energy, bands = (np.where(x == 0, tiny, x) for x in (power.sum(1), power @ mel_bank().T))
    cepstrum = dct(np.log(bands), axis=1, norm="ortho")[:, :COEFFICIENTS]
    cepstrum *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)
    cepstrum[:, 0] = np.log(energy)
    return cepstrum


def mel_bank() -> np.ndarray:
    """Triangular filters [26, 257], even in mel from 0 to 8000 Hz, edges on whole lines."""
    mels = np.linspace(0, 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700), BANDS + 2)
    edges = np.floor((FFT + 1) * 700 * (10 ** (mels / 2595) - 1) / SAMPLE_RATE)
    low, middle, high = (edges[i : i + BANDS, None] for i in range(3))
    line = np.arange(FFT // 2 + 1)
    rising, falling = (line - low) / (middle - low), (high - line) / (high - middle)
    return np.clip(np.minimum(rising, falling), 0, None)


def crops(face: Iterable[Seen]) -> Iterator[np.ndarray]:
    """What SyncNet sees of each frame, [224, 224, 3] uint8 BGR; seven pictures are held."""
    boxes: list[np.ndarray] = []
    held: deque[np.ndarray] = deque()
    for seen in face:
        boxes.append(face_box(seen.points))
        held.append(seen.picture)
        if len(held) > REACH:
            yield crop(held.popleft(), smoothed(boxes, len(boxes) - 1 - REACH))
    for index in range(len(boxes) - len(held), len(boxes)):
        yield crop(held.popleft(), smoothed(boxes, index))


def face_box(points: np.ndarray) -> np.ndarray:
    """Centre x, centre y and half the longer side of the box around a face, of its mesh [468, >=2].

    SyncNet was trained on S3FD's boxes, which learnt WIDER FACE's: chin, cheeks, and above the mesh
    a part of the forehead, `FOREHEAD`. Taken so, the mesh's box is within 6 % of such a detector's
    in size and place (MTCNN's, eight persons), and steadier.
    """
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    low[1] -= FOREHEAD * (high[1] - low[1])
    return np.array([*((low + high) / 2), (high - low).max() / 2])


def smoothed(boxes: list[np.ndarray], index: int) -> np.ndarray:
    """The median of the boxes within REACH frames of a frame."""
    return np.median(boxes[max(0, index - REACH) : index + REACH + 1], axis=0)


def crop(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The square around a face, as wide as 1.4 faces, from its top to 0.4 under its chin.

    picture [H, W, 3] RGB; the crop is BGR, grey where it leaves the picture.
    """
    x, y, half = box
    wide = half * (1 + CROP_SCALE)
    left, top = int(np.floor(x - wide)), int(np.floor(y - half))
    right, bottom = int(np.floor(x + wide)), int(np.floor(y + half * (1 + 2 * CROP_SCALE)))
    size = max(1, bottom - top), max(1, right - left), 3
    square = np.full(size, BORDER, np.uint8)
    height, width = picture.shape[:2]
    rows = slice(max(0, top), max(0, min(height, bottom)))
    columns = slice(max(0, left), max(0, min(width, right)))
    there = picture[rows, columns]
    row, column = rows.start - top, columns.start - left
    square[row : row + there.shape[0], column : column + there.shape[1]] = there
    return cv2.resize(square[..., ::-1], (CROP_PX, CROP_PX))
