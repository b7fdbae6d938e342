"""Windows of a corpus as batches of tensors, at any playing speed."""

import numpy as np
import torch

from ..audio.logmel import SAMPLE_RATE
from .augment import uniform
from .dataset import Corpus
from .phones import STEP_RATE
from .prepare import RATE


class Windows:
    """Reads windows out of a corpus that is held on a device.

    Args:
        corpus: The clips.
        device: Where they are held.
    """

    def __init__(self, corpus: Corpus, device: torch.device) -> None:
        self.device = device
        self.count = len(corpus)
        self.duration_s = self._flat([np.array([len(s) / SAMPLE_RATE]) for s in corpus.samples])[0]
        self._sound = self._flat(corpus.samples)
        self._shapes = self._flat(corpus.shapes)
        self._classes = self._flat(corpus.classes)
        self._measures = None if corpus.measures is None else self._flat(corpus.measures)

    def _flat(self, arrays: list[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The arrays end to end, where each starts and how long it is."""
        lengths = np.array([len(a) for a in arrays])
        starts = np.cumsum(lengths) - lengths
        values = torch.from_numpy(np.concatenate(arrays)).to(self.device)
        first, count = (torch.from_numpy(v).to(self.device) for v in (starts, lengths))
        return values, first, count

    def pick(self, count: int, span_s: torch.Tensor, generator: torch.Generator) -> tuple:
        """Choose windows at random, of as many clips if there are so many.

        Args:
            count: B, how many.
            span_s: The length of each in seconds, [B] or [] float.
            generator: The source of chance.

        Returns:
            The index of each window's clip, [B] int64, and its start in seconds, [B] float.
        """
        rounds = -(-count // self.count)
        orders = [
            torch.randperm(self.count, generator=generator, device=self.device)
            for _ in range(rounds)
        ]
        clips = torch.cat(orders)[:count]
        room = (self.duration_s[clips].float() - span_s).clamp(min=0)
        return clips, room * uniform(0, 1, count, generator)

    def sound(self, clips: torch.Tensor, times_s: torch.Tensor) -> torch.Tensor:
        """Read sound, interpolated linearly; silent beyond a clip's ends.

        Args:
            clips: Indices, [B] int64.
            times_s: Times in the clips, [B, N] float64.

        Returns:
            Samples in [-1, 1), [B, N] float32.
        """
        low, _, share, inside = self._place(self._sound, clips, times_s * SAMPLE_RATE)
        high = (low + 1).clamp(max=len(self._sound[0]) - 1)
        values = self._sound[0]
        return (values[low] * (1 - share) + values[high] * share) * inside / 32768

    def shapes(self, clips: torch.Tensor, times_s: torch.Tensor) -> torch.Tensor:
        """Read controls, interpolated linearly.

        Args:
            clips: Indices, [B] int64.
            times_s: Times in the clips, [B, S] float64.

        Returns:
            [B, S, len(CONTROLS)] float32.
        """
        return self._read(self._shapes, clips, times_s * STEP_RATE)

    def classes(self, clips: torch.Tensor, times_s: torch.Tensor) -> torch.Tensor:
        """Read phone classes.

        Args:
            clips: Indices, [B] int64.
            times_s: Times in the clips, [B, S] float64.

        Returns:
            [B, S] int64.
        """
        low, *_ = self._place(self._classes, clips, times_s * STEP_RATE + 0.5)
        return self._classes[0][low].long()

    def measures(self, clips: torch.Tensor, times_s: torch.Tensor) -> torch.Tensor:
        """Read the mouth measures of a film, interpolated linearly.

        Args:
            clips: Indices, [B] int64.
            times_s: Times in the clips, [B, T] float64.

        Returns:
            [B, T, len(MEASURES)] float32.

        Raises:
            ValueError: If the corpus has no film.
        """
        if self._measures is None:
            raise ValueError("voices have no film")
        return self._read(self._measures, clips, times_s * RATE - 0.5)

    def _read(self, flat: tuple, clips: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        low, high, share, _ = self._place(flat, clips, at)
        values = flat[0]
        return values[low] * (1 - share[..., None]) + values[high] * share[..., None]

    @staticmethod
    def _place(flat: tuple, clips: torch.Tensor, at: torch.Tensor) -> tuple:
        """Indices before and after positions [B, N], the share between, whether they are inside."""
        _, starts, lengths = flat
        last = (lengths[clips] - 1)[:, None]
        low = at.floor().long()
        inside = (low >= 0) & (low <= last)
        clamped = torch.minimum(low.clamp(min=0), last)
        high = torch.minimum(clamped + 1, last)
        start = starts[clips][:, None]
        return start + clamped, start + high, (at - low).float(), inside
