"""One set of networks for several sessions: what they ask for at once is drawn together."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from ...core.batches import Batches
from . import audio
from .generate import LATENT_PX, Generator
from .together import SESSIONS, Request, Together


@dataclass(frozen=True)
class _Asked:
    """A request, and where its faces will be, or why there are none."""

    request: Request
    faces: "Future[np.ndarray]" = field(default_factory=Future)


class SharedGenerator:
    """A generator that threads share.

    One thread draws all that was asked for while it drew the batch before. So batches grow with the
    load, and none waits for a batch to fill. On a CPU, where larger batches are no faster, each
    request is a batch of its own: the same sound then gives the same bytes, whoever else is there.

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
        self._together, self._fitting = Together(generator), Batches(SESSIONS[-1])
        self._lock = threading.Lock()
        self._waiting: deque[_Asked] = deque()
        self._thread = ThreadPoolExecutor(1, "faces")

    def prepare(self, samples: int, frames: int, heard_rows: int) -> None:
        """Draw batches of every size, which a GPU records, so that no session waits for that later.
        In between it draws for those that are there.

        Args:
            samples: How many samples a request has.
            frames: How many frames it has.
            heard_rows: How many rows of the sound a face hears.
        """
        if not self._merges:
            return
        request = Request(
            np.zeros(samples, np.float32),
            np.zeros((frames, 8, LATENT_PX, LATENT_PX), np.float16),
            np.full((frames, heard_rows), audio.SILENT),
        )
        for sessions in SESSIONS:
            if sessions == 1 or sessions * frames <= self._most_frames:
                self._thread.submit(self._drawn, [request] * sessions).result()

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
        asked = _Asked(Request(samples, latents, windows))
        with self._lock:
            self._waiting.append(asked)
        self._thread.submit(self._serve)
        return asked.faces.result()

    def _serve(self) -> None:
        """Draw the next batch; nothing where all that was asked for is drawn."""
        batch = self._next()
        if not batch:
            return
        try:
            drawn = self._drawn([asked.request for asked in batch])
        except Exception as error:  # each session that asked is told
            for asked in batch:
                asked.faces.set_exception(error)
            return
        self.batches += 1
        for asked, faces in zip(batch, drawn, strict=True):
            asked.faces.set_result(faces)

    def _next(self) -> list[_Asked]:
        batch: list[_Asked] = []
        frames = 0
        with self._lock:
            while self._waiting:
                request = self._waiting[0].request
                frames += len(request.latents)
                if batch and not (
                    self._merges
                    and frames <= self._most_frames
                    and request.heard_rows == batch[0].request.heard_rows
                ):
                    break
                batch.append(self._waiting.popleft())
        return batch

    def _drawn(self, requests: Sequence[Request]) -> list[np.ndarray]:
        if not self._merges:
            return [self._alone(request) for request in requests]
        parts = self._fitting.run(len(requests), lambda part: self._together(requests[part]))
        return [faces for _, drawn in parts for faces in drawn]

    def _alone(self, request: Request) -> np.ndarray:
        rows = audio.hear(request.samples, self.generator.networks.encoder)
        drawn = self.generator.draw_faces(request.latents, rows, request.windows)
        return np.concatenate(list(drawn))
