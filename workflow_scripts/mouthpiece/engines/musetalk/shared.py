"""One set of networks for several sessions: what they ask for at once is drawn together."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from . import audio
from .generate import Generator


@dataclass
class _Wanted:
    """What one session asks for, and what it gets: faces, or why not."""

    samples: np.ndarray
    latents: np.ndarray
    windows: np.ndarray
    faces: np.ndarray | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class SharedGenerator:
    """A generator that threads share.

    Whoever finds it free draws what all have asked for by then, in one batch; the others wait for
    that. So batches grow with the load, and none waits for a batch to fill. On a CPU, where larger
    batches are no faster, each request is a batch of its own: the same sound then gives the same
    bytes, whoever else is there.

    Attributes:
        generator: The generator.
        batches: How many batches were drawn.
    """

    def __init__(self, generator: Generator, most_frames: int, merges: bool | None = None) -> None:
        """Draw nothing yet.

        Args:
            generator: The generator; from now on nothing else may use it.
            most_frames: Frames in a batch, at most, unless one request has more.
            merges: Whether requests are drawn together; None: on a GPU.
        """
        self.generator, self.batches = generator, 0
        self._most_frames = most_frames
        self._merges = generator.runtime.device == "cuda" if merges is None else merges
        self._waiting: deque[_Wanted] = deque()
        self._queue, self._at_work = threading.Lock(), threading.Lock()

    def draw(self, samples: np.ndarray, latents: np.ndarray, windows: np.ndarray) -> np.ndarray:
        """Draw the faces of one session.

        Args:
            samples: What is heard, 16 kHz mono, [N] float32.
            latents: The avatar's, [T, 8, 32, 32] float16.
            windows: Which of the sound's rows each face hears, [T, W].

        Returns:
            The faces, RGB, [T, 256, 256, 3] uint8.

        Raises:
            Fault: Memory does not hold one face.
        """
        wanted = _Wanted(samples, latents, windows)
        with self._queue:
            self._waiting.append(wanted)
        while not wanted.done.is_set():
            with self._at_work:
                if not wanted.done.is_set():
                    self._serve(self._next())
        if wanted.error is not None:
            raise wanted.error
        assert wanted.faces is not None
        return wanted.faces

    def _next(self) -> list[_Wanted]:
        """The requests of the next batch, those that came first."""
        with self._queue:
            batch = [self._waiting.popleft()]
            frames = len(batch[0].latents)
            while self._merges and self._waiting:
                frames += len(self._waiting[0].latents)
                if frames > self._most_frames:
                    break
                batch.append(self._waiting.popleft())
        return batch

    def _serve(self, batch: Sequence[_Wanted]) -> None:
        try:
            faces = self._drawn(batch)
            first = 0
            for wanted in batch:
                wanted.faces = faces[first : first + len(wanted.latents)]
                first += len(wanted.latents)
            self.batches += 1
        except Exception as error:  # each session that asked is told
            for wanted in batch:
                wanted.error = error
        finally:
            for wanted in batch:
                wanted.done.set()

    def _drawn(self, batch: Sequence[_Wanted]) -> np.ndarray:
        heard = audio.hear_all(
            [wanted.samples for wanted in batch], self.generator.networks.encoder
        )
        begins = np.cumsum([0, *(len(rows) for rows in heard)])
        windows = [
            np.where(wanted.windows == audio.SILENT, audio.SILENT, wanted.windows + begin)
            for wanted, begin in zip(batch, begins, strict=False)
        ]
        latents = np.concatenate([wanted.latents for wanted in batch])
        faces = self.generator.draw_faces(latents, torch.cat(heard), np.concatenate(windows))
        return np.concatenate(list(faces))
