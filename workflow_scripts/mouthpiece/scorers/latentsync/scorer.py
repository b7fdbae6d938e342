"""StableSyncNet, LatentSync's sync network: a second opinion.

It sees the lower half of an aligned face in 16 frames and says by a cosine whether the sound of
those 0.64 s fits; its authors take more than 0.5 for sync. MuseTalk 1.5 and LatentSync were trained
to please it, so it judges their drafts kindly: `syncnet_v2` is the independent judge.

The confidence is the median cosine over windows at the best of 31 offsets, the distance is one less
that, the margin is the best offset's lead over the median one.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
import torch

from ...audio.clipped_mel import COLUMNS_PER_S, clipped_mel
from ...audio.speech import SAMPLE_RATE
from ...weights.find import verified_weight_path
from ...weights.load import fill, load_tensors
from .. import lse
from ..base import SCORE_RATE, Score, Seen
from .alignment import lower_halves
from .network import FRAMES, LIPS, SOUND, StableSyncNet

WEIGHTS = "stable_syncnet.pt"

SAMPLES_PER_FRAME = SAMPLE_RATE // SCORE_RATE

COLUMNS = 52
"""Of the mel spectrogram, in a window of sound."""

STEP_FRAMES = 4
"""From one window of lips to the next; windows of sound start at every frame."""

BATCH = 8
"""Windows that are embedded at once."""


class Latentsync:
    """StableSyncNet's score.

    Raises:
        InputError: If its weights are missing.
        Fault: If its weights are not the published ones or do not fit.
    """

    def __init__(self) -> None:
        path = verified_weight_path(WEIGHTS)
        with torch.device("meta"):
            self._net = StableSyncNet(SOUND, LIPS)
        fill(self._net, load_tensors(path, torch.float32))

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`.

        A cut that is shorter than a window is extended by its last picture and by silence, so that
        any cut has a score; the gate has a least duration.
        """
        with torch.inference_mode():
            lips, starts, frames = self._lips(lower_halves(face))
            sound = self._sound(samples, max(frames, FRAMES))
        table = lse.distance_table(lips, sound, frames=starts)
        # The squared distance of unit vectors is 2 - 2 cos.
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
        """Embeddings [W, D] of every STEP_FRAMES-th window, their starts, the frame count."""
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
        """Embeddings [frames - 15, D] of the window that starts at each frame."""
        heard = np.zeros(frames * SAMPLES_PER_FRAME, np.float32)
        heard[: len(samples)] = samples[: len(heard)]
        columns = torch.from_numpy(clipped_mel(heard, beyond="silence"))
        firsts = [start * COLUMNS_PER_S // SCORE_RATE for start in range(frames - FRAMES + 1)]
        windows = columns.unfold(1, COLUMNS, 1)[:, firsts].permute(1, 0, 2)[:, None]
        return torch.cat([self._net.sound(batch) for batch in windows.split(BATCH)]).numpy()
