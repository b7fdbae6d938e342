"""Faces for several sessions in one run, from their sound to pictures.

A GPU repeats the run by itself, so that the program makes a dozen calls a batch, whatever its size:
Python runs one thread at a time, and each call waits for its turn among the sessions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...audio.speech import SAMPLE_RATE
from ...networks.graphs import Replayed
from ...networks.whisper import ROWS_PER_S, SEGMENT_S, LogMel
from .generate import LATENT_PX, SIDE_PX, Generator

SESSIONS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)
"""Sizes of a run. A batch takes the next one; what is drawn beyond it is not looked at."""


@dataclass(frozen=True)
class Request:
    """What one session asks for.

    Attributes:
        samples: What is heard, 16 kHz mono, [N] float32, at most 30 s.
        latents: The avatar's, [T, 8, 32, 32] float16.
        windows: Which of the sound's rows each face hears, [T, W].
    """

    samples: np.ndarray
    latents: np.ndarray
    windows: np.ndarray

    @property
    def heard_rows(self) -> int:
        """W: only requests of one W are drawn together."""
        return int(self.windows.shape[1])


class Together:
    """Draws requests. Not for several threads at once.

    Attributes:
        generator: Whose networks draw.
    """

    def __init__(self, generator: Generator, record: Callable[..., Any] | None = None) -> None:
        """Draw nothing yet.

        Args:
            generator: Whose networks draw; nothing else of it may be at work meanwhile.
            record: Makes of a function of tensors, and a pool of memory, one that is repeated;
                None: `Replayed` on a GPU, and none on a CPU.
        """
        self.generator = generator
        self._record = record or (Replayed if self._on_gpu else None)
        self._rooms: list[_Room] = []

    @torch.no_grad()
    def __call__(self, requests: Sequence[Request]) -> list[np.ndarray]:
        """Draw.

        Args:
            requests: One at least, all of one W.

        Returns:
            The faces of each, RGB, [T, 256, 256, 3] uint8.

        Raises:
            torch.OutOfMemoryError: They do not fit.
        """
        size = next((one for one in SESSIONS if one >= len(requests)), len(requests))
        room = self._room(size, requests)
        for place, request in enumerate(requests):
            room.put(place, request)
        drawn = self._run(*(given[:size] for given in room.given))
        room.faces[:size].copy_(drawn, non_blocking=True)
        self.generator.when_done()()
        return [
            room.pictures[place, : len(request.latents)].copy()  # the next run writes there
            for place, request in enumerate(requests)
        ]

    def _room(self, size: int, requests: Sequence[Request]) -> "_Room":
        frames = max(len(request.latents) for request in requests)
        # Whole seconds, so that few runs serve windows of all lengths.
        seconds = -(-max(len(request.samples) for request in requests) // SAMPLE_RATE)
        sessions, rows = max(size, SESSIONS[-1]), requests[0].heard_rows
        # One that was made for longer requests serves, so that no run is recorded for each length.
        holds = (room for room in self._rooms if room.holds(sessions, frames, seconds, rows))
        room = min(holds, key=lambda room: room.faces.shape[1], default=None)
        if room is None:
            room = _Room(sessions, frames, seconds, rows, self._on_gpu)
            self._rooms.append(room)
        return room

    @cached_property
    def _run(self) -> Callable[..., Tensor]:
        """Sounds, latents and windows as a `_Room` has them to faces: on a GPU in memory that the
        next run writes to.
        """
        runtime, draw = self.generator.runtime, self.generator.drawing
        encoder, log_mel = self.generator.networks.encoder, LogMel(runtime.device)

        def run(sounds: Tensor, latents: Tensor, windows: Tensor) -> Tensor:
            silence = SEGMENT_S * SAMPLE_RATE - sounds.shape[1]
            mels = log_mel(functional.pad(sounds, (0, silence))).to(runtime.dtype)
            heard = torch.stack(encoder(mels), dim=2)
            heard = heard[:, : sounds.shape[1] * ROWS_PER_S // SAMPLE_RATE]
            heard = functional.pad(heard, (0, 0, 0, 0, 0, 1))  # the row that `SILENT` takes
            session = torch.arange(len(sounds), device=sounds.device)[:, None, None]
            prompts = heard[session, windows].flatten(0, 1).flatten(1, 2)
            faces = draw(latents.flatten(0, 1).to(runtime.dtype), prompts)
            return faces.unflatten(0, windows.shape[:2])

        if self._record is None:
            return run
        pool = self.generator.pool if self._on_gpu else None
        repeated = self._record(lambda *given: (run(*given),), pool)
        return lambda *given: repeated(*given)[0]

    @property
    def _on_gpu(self) -> bool:
        return self.generator.runtime.device == "cuda"


class _Room:
    """Memory that a GPU reads and writes by itself.

    Attributes:
        given: Sounds [B, N] float32, latents [B, T, 8, 32, 32] float16, windows [B, T, W].
        faces: [B, T, 256, 256, 3] uint8.
        pictures: The same memory as `faces`.
    """

    def __init__(
        self, sessions: int, frames: int, seconds: int, heard_rows: int, is_pinned: bool
    ) -> None:
        def room(dtype: torch.dtype, *shape: int) -> Tensor:
            return torch.zeros((sessions, *shape), dtype=dtype, pin_memory=is_pinned)

        self.given = (
            room(torch.float32, seconds * SAMPLE_RATE),
            room(torch.float16, frames, 8, LATENT_PX, LATENT_PX),
            room(torch.int64, frames, heard_rows),
        )
        self.faces = room(torch.uint8, frames, SIDE_PX, SIDE_PX, 3)
        self.pictures = self.faces.numpy()
        self._views = tuple(given.numpy() for given in self.given)

    def holds(self, sessions: int, frames: int, seconds: int, heard_rows: int) -> bool:
        """Whether so many requests of this size fit."""
        sounds, latents, windows = (given.shape for given in self.given)
        return (
            sounds[0] >= sessions
            and sounds[1] == seconds * SAMPLE_RATE
            and latents[1] >= frames
            and windows[2] == heard_rows
        )

    def put(self, place: int, request: Request) -> None:
        """Write a request; rows that it has not keep what was there, and are not looked at."""
        sounds, latents, windows = self._views
        sounds[place, : len(request.samples)] = request.samples
        sounds[place, len(request.samples) :] = 0
        latents[place, : len(request.latents)] = request.latents
        windows[place, : len(request.windows)] = request.windows
