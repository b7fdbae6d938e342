"""SyncNet, the independent judge: LSE-C, LSE-D and offset as papers on lip sync report them.

Source: Chung and Zisserman, "Out of time: automated lip sync in the wild", ACCV Workshops 2016. The
network (`network`), sound (`mfcc`), crops (`crops`) and arithmetic (`lse`) are those of its public
code, so that 3.0 here is 3.0 there. No engine of this project was trained against it.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import torch

from ...weights.find import verified_weight_path
from ...weights.load import fill, load_tensors
from .. import lse
from ..base import SCORE_RATE, Score, Seen
from .crops import crops
from .mfcc import SAMPLE_RATE, mfcc
from .network import LIP_FRAMES, SyncNet

WEIGHTS = "auxiliary/syncnet_v2.model"

SAMPLES_PER_FRAME = SAMPLE_RATE // SCORE_RATE

SOUND_COLUMNS, COLUMNS_PER_FRAME = 20, 4
"""MFCC columns of a window of sound, and from one window to the next."""

BATCH = 20
"""Windows that are embedded at once."""


class SyncnetV2:
    """SyncNet's score.

    Raises:
        InputError: If its weights are missing.
        Fault: If its weights are not the published ones.
    """

    def __init__(self) -> None:
        path = verified_weight_path(WEIGHTS)
        with torch.device("meta"):
            self._net = SyncNet()
        counters = {
            key: torch.tensor(0)  # training's counters are not in the published file
            for key in self._net.state_dict()
            if key.endswith("num_batches_tracked")
        }
        fill(self._net, counters | load_tensors(path, torch.float32))

    def score(self, face: Iterable[Seen], samples: np.ndarray) -> Score:
        """See `Scorer.score`.

        A cut that is too short for a window is extended by its last picture and by silence, so that
        any cut has a score; the gate has a least duration.
        """
        return self.score_crops(crops(face), samples)

    def score_crops(self, pictures: Iterator[np.ndarray], samples: np.ndarray) -> Score:
        """Score crops against sound.

        Args:
            pictures: Crops at 25 fps, BGR, [224, 224, 3] uint8 each.
            samples: Sound of the same span, 16 kHz mono, [N] float32.

        Returns:
            The score.
        """
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
