"""Pictures to latents, and latents with sound to pictures: what runs on the GPU."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...core.batches import Batches
from ...core.codeversion import code_version
from . import audio, parsing
from .ahead import one_ahead
from .compiled import Compiled
from .graphs import ReplayedBatches
from .networks import Networks, Runtime

SIDE_PX = 256
"""Side of a face that is encoded or drawn."""

LATENT_PX = 32
"""Side of its latents."""

CPU_FRAMES = 4
"""A CPU draws no faster in larger batches, which take a third of a gigabyte for every four."""

LONGEST_PROMPT = 256
"""Tokens a frame, at most: 2 x (12 + 12 + 1) rows of five are 250."""


def encode(vae: Any, scale: float, crops: Tensor, dtype: torch.dtype) -> Tensor:
    """Encode faces.

    The mode of the VAE's distribution is taken, as in training; upstream draws a sample.

    Args:
        vae: The VAE.
        scale: What latents are multiplied by.
        crops: RGB, [N, 256, 256, 3] uint8.
        dtype: The VAE's precision.

    Returns:
        [N, 8, 32, 32]: four channels of the crop with its lower half black, four of the whole.
    """
    whole = crops.permute(0, 3, 1, 2).float() / 255
    upper = torch.arange(whole.shape[2], device=whole.device) < whole.shape[2] // 2
    both = ((torch.cat([whole * upper[:, None], whole]) - 0.5) / 0.5).to(dtype)
    # Channels last is fast on a GPU; a CPU's group normalization is imprecise in it.
    both = both.contiguous(
        memory_format=torch.channels_last if both.is_cuda else torch.contiguous_format
    )
    masked, reference = (vae.encode(both) * scale).chunk(2)
    return torch.cat([masked, reference], dim=1)


def predict(unet: Any, positions: Tensor, latents: Tensor, prompts: Tensor) -> Tensor:
    """Predict the latents of redrawn faces, in one step.

    Args:
        unet: The UNet.
        positions: See `audio.positions`.
        latents: What `encode` gave, [N, 8, 32, 32].
        prompts: Each frame's tokens, [N, L, 384], L <= 250.

    Returns:
        [N, 4, 32, 32].
    """
    prompts = prompts + positions[: prompts.shape[1]]
    timestep = torch.zeros(1, dtype=torch.long, device=latents.device)
    return unet(latents, timestep, prompts)


def decode(vae: Any, scale: float, latents: Tensor) -> Tensor:
    """Decode faces.

    Args:
        vae: The VAE.
        scale: What latents were multiplied by.
        latents: [N, 4, 32, 32].

    Returns:
        RGB, [N, 256, 256, 3] uint8.
    """
    pictures = vae.decode(latents / scale)
    pictures = (pictures / 2 + 0.5).clamp(0, 1).float()
    return (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


class Generator:
    """Runs the networks in batches, of which each network finds its own size.

    See `core.batches.Batches` for what happens when memory runs out.

    Attributes:
        networks: The networks.
        runtime: Where and how precisely they run.
        encode_batches: Faces that are encoded at once.
        parse_batches: Faces that are parsed at once.
        draw_batches: Faces that are drawn at once.
    """

    def __init__(
        self, networks: Networks, batch_frames: int, runtime: Runtime | None = None
    ) -> None:
        """Build the generator; no network is loaded yet.

        Args:
            networks: The networks.
            batch_frames: Frames in a batch, at most.
            runtime: The networks' own, or one that differs from it in what is compiled.
        """
        self.networks = networks
        self.runtime = runtime or networks.runtime
        frames = batch_frames if self._on_gpu else min(batch_frames, CPU_FRAMES)
        even = not self._on_gpu  # batches of few sizes, which are recorded
        self.encode_batches, self.parse_batches = Batches(frames, even), Batches(frames, even)
        self.draw_batches = Batches(frames, even)

    def draw_faces(
        self, latents: np.ndarray, rows: Tensor, windows: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Draw faces, batch by batch.

        The first batch is given to the GPU at once, each other one before the last is handed out.
        Two batches are held, in memory that the GPU writes to by itself.

        Args:
            latents: What `encode_crops` gave, [T, 8, 32, 32] float16.
            rows: Whisper's rows, [R, 5, 384].
            windows: Which of them each frame hears, [T, W].

        Returns:
            The faces in batches, RGB, [N, 256, 256, 3] uint8, T in all.

        Raises:
            Fault: Memory does not hold one face.
        """
        launched = one_ahead(self._launch(latents, rows, windows))

        def arrived() -> Iterator[np.ndarray]:
            for faces, wait in launched:
                wait()
                yield faces.numpy().copy()  # the GPU's own memory is free for the next batch

        return arrived()

    @torch.no_grad()
    def _launch(
        self, latents: np.ndarray, rows: Tensor, windows: np.ndarray
    ) -> Iterator[tuple[Tensor, Callable[[], None]]]:
        """Batches given to the GPU: where their faces will be, and what waits for them."""
        heard = audio.with_silence(rows).to(self.runtime.dtype)
        source, index = self._to_device(latents), self._to_device(windows)

        def work(part: slice) -> Tensor:
            return self._draw(source[part], audio.tokens(heard, index[part]))

        for _, drawn in self.draw_batches.run(len(latents), work):
            faces = self._results(tuple(drawn.shape), torch.uint8)
            faces.copy_(drawn, non_blocking=True)
            yield faces, self.when_done()

    @torch.no_grad()
    def encode_crops(self, crops: np.ndarray | Tensor) -> Tensor:
        """Encode faces in batches: see `encode`.

        Args:
            crops: RGB, [T, 256, 256, 3] uint8.

        Returns:
            [T, 8, 32, 32] float16, on the CPU. From a GPU the copy may still be under way: see
            `when_done`.

        Raises:
            Fault: Memory does not hold one face.
        """
        shape = (len(crops), 8, *(side // (SIDE_PX // LATENT_PX) for side in crops.shape[1:3]))
        results = self._results(shape, torch.float16)
        return self._in_batches(self.encode_batches, self._encode, crops, results)

    @torch.no_grad()
    def parse_pictures(self, pictures: np.ndarray | Tensor) -> Tensor:
        """Tell what each pixel of a face is, in batches: see `parsing.labels`.

        Args:
            pictures: RGB, [T, 512, 512, 3] uint8.

        Returns:
            [T, 512, 512] uint8, where the networks are.

        Raises:
            Fault: Memory does not hold one face.
        """
        results = torch.empty(pictures.shape[:3], dtype=torch.uint8, device=self.runtime.device)
        return self._in_batches(self.parse_batches, self._parse, pictures, results)

    def received(self, results: Tensor) -> Tensor:
        """Bring results to the CPU.

        Args:
            results: Where the networks are.

        Returns:
            The same; from a GPU the copy may still be under way: see `when_done`.
        """
        found = self._results(tuple(results.shape), results.dtype)
        found.copy_(results, non_blocking=True)
        return found

    def when_done(self) -> Callable[[], None]:
        """Mark the work that was given to the GPU so far.

        Returns:
            A call that waits for that work, and for none that is given later.
        """
        if not self._on_gpu:
            return lambda: None
        event = torch.cuda.Event(blocking=True)  # a core that waits is free for others
        event.record()
        return event.synchronize

    @cached_property
    def drawing(self) -> Callable[..., Tensor]:
        """Draws faces from latents, [N, 8, 32, 32], and prompts, [N, L, 384]; not recorded."""
        unet, vae, scale = self.networks.unet, self.networks.vae, self.networks.scale
        positions = audio.positions(LONGEST_PROMPT, unet.config.cross_attention_dim)
        positions = self._to_device(positions)

        def draw(latents: Tensor, prompts: Tensor) -> Tensor:
            return decode(vae, scale, predict(unet, positions, latents, prompts))

        return self._compiled("draw", draw)

    @cached_property
    def _draw(self) -> Callable[..., Tensor]:
        return self._replayed(self.drawing)

    @cached_property
    def _encode(self) -> Callable[..., Tensor]:
        vae, scale, dtype = self.networks.vae, self.networks.scale, self.runtime.dtype
        return self._fast("encode", lambda crops: encode(vae, scale, crops, dtype))

    @cached_property
    def _parse(self) -> Callable[..., Tensor]:
        parser, dtype = self.networks.parser, self.runtime.dtype
        return self._fast("parse", lambda pictures: parsing.labels(parser, pictures, dtype))

    def _fast(self, name: str, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """The function as a GPU runs it fastest; as it is on a CPU."""
        return self._replayed(self._compiled(name, function))

    def _compiled(self, name: str, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        if not self._on_gpu or self.runtime.compile == "off":
            return function
        version = f"{name} {self.runtime.dtype} {code_version('engines.musetalk')}"
        return Compiled(function, self.runtime.compile, version)

    def _replayed(self, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        return ReplayedBatches(function, self.pool) if self._on_gpu else function

    @cached_property
    def pool(self) -> Any:
        """The memory of all graphs: they run one after another."""
        return torch.cuda.graph_pool_handle()

    def _in_batches(
        self,
        batches: Batches,
        work: Callable[[Tensor], Tensor],
        items: np.ndarray | Tensor,
        results: Tensor,
    ) -> Tensor:
        for part, result in batches.run(
            len(items), lambda part: work(self._to_device(items[part])).to(results.dtype)
        ):
            results[part].copy_(result, non_blocking=True)
        return results

    def _results(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        """Room for results on the CPU, that a GPU can write to while the program goes on."""
        return torch.empty(shape, dtype=dtype, pin_memory=self._on_gpu)

    def _to_device(self, items: np.ndarray | Tensor) -> Tensor:
        given = torch.from_numpy(items) if isinstance(items, np.ndarray) else items
        if self._on_gpu and not given.is_cuda:
            given = given.pin_memory()  # else the copy waits for all that the GPU was given
        moved = given.to(self.runtime.device, non_blocking=True)
        return moved.to(self.runtime.dtype) if moved.is_floating_point() else moved

    @property
    def _on_gpu(self) -> bool:
        return self.runtime.device == "cuda"
