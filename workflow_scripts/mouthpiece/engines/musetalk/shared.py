"""One set of networks for several sessions: what they ask for at once is drawn together."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ...audio.speech import SAMPLE_RATE
from . import audio
from .generate import LATENT_PX, Generator

BLOCK_FRAMES = 2
"""What a session asks for at a time, at 25 frames/s."""


@dataclass
class _Wanted:
    """What one session asks for, and what it gets: faces, or why not."""

    samples: np.ndarray
    latents: np.ndarray
    windows: np.ndarray
    faces: np.ndarray | None = None
    error: Exception | None = None
    is_served: bool = False


class SharedGenerator:
    """A generator that threads share.

    Whoever finds it free draws what all have asked for by then, in one batch; the others wait until
    theirs is drawn. So batches grow with the load, and none waits for a batch to fill. On a CPU,
    where larger batches are no faster, each request is a batch of its own: the same sound then
    gives the same bytes, whoever else is there.

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
        self._prepared: set[int] = set()
        self._is_at_work = False
        self._changed = threading.Condition()

    def prepare(self, heard_rows: int) -> None:
        """Let a GPU record batches of every size, so that no session waits for that.

        Args:
            heard_rows: How many rows of the sound a face hears.
        """
        if self.generator.runtime.device != "cuda":
            return
        samples = np.zeros(2 * SAMPLE_RATE, np.float32)  # a window's whole seconds
        latents = np.zeros((BLOCK_FRAMES, 8, LATENT_PX, LATENT_PX), np.float16)
        windows = np.full((BLOCK_FRAMES, heard_rows), audio.SILENT)
        with self._changed:
            if heard_rows in self._prepared:
                return
            self._changed.wait_for(lambda: not self._is_at_work)
            for requests in range(1, self._most_frames // BLOCK_FRAMES + 1):
                self._drawn([_Wanted(samples, latents, windows)] * requests)
            self._prepared.add(heard_rows)

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
        with self._changed:
            self._waiting.append(wanted)
        while batch := self._mine(wanted):
            self._serve(batch)
        if wanted.error is not None:
            raise wanted.error
        assert wanted.faces is not None
        return wanted.faces

    def _mine(self, wanted: _Wanted) -> list[_Wanted]:
        """Wait until a request is served, or until nobody draws; then, the requests of the next
        batch, those that came first.
        """
        with self._changed:
            self._changed.wait_for(lambda: wanted.is_served or not self._is_at_work)
            if wanted.is_served:
                return []
            self._is_at_work = True
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
            with self._changed:
                for wanted in batch:
                    wanted.is_served = True
                self._is_at_work = False
                self._changed.notify_all()

    def _drawn(self, batch: Sequence[_Wanted]) -> np.ndarray:
        heard = self.generator.hear([wanted.samples for wanted in batch])
        begins = np.cumsum([0, *(len(rows) for rows in heard)])
        windows = [
            np.where(wanted.windows == audio.SILENT, audio.SILENT, wanted.windows + begin)
            for wanted, begin in zip(batch, begins, strict=False)
        ]
        latents = np.concatenate([wanted.latents for wanted in batch])
        faces = self.generator.draw_faces(latents, torch.cat(heard), np.concatenate(windows))
        return np.concatenate(list(faces))
