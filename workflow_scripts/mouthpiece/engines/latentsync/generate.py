"""Faces to latents, and noise with sound to faces: what runs on the GPU."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ...core.errors import InputError
from . import mask, sound
from .ddim import schedule
from .denoise import Denoiser, Scene, Way, noise
from .memory import BatchSizes
from .networks import Networks
from .settings import LatentSyncSettings


class Generator:
    """Runs the networks in batches, of which each network finds its own size.

    Attributes:
        networks: The networks.
    """

    def __init__(
        self, networks: Networks, settings: LatentSyncSettings, sizes: BatchSizes | None = None
    ) -> None:
        """Build the generator; no network is loaded yet.

        Args:
            networks: The networks.
            settings: How noise is removed, and how large batches are.
            sizes: Batches that were found before; None: what memory holds.
        """
        self.networks, self._settings = networks, settings
        if sizes:
            self.sizes = sizes

    @cached_property
    def sizes(self) -> BatchSizes:
        """The batches."""
        return BatchSizes(self._settings, self.networks)

    @property
    def side_px(self) -> int:
        """Side of the faces."""
        return self.networks.config.data.resolution

    @property
    def chunk_frames(self) -> int:
        """Frames that are drawn at once.

        Raises:
            InputError: Config wants neighbours to share as many.
        """
        frames = self.networks.config.data.num_frames
        if self._settings.overlap_frames >= frames:
            raise InputError(
                f"engines.latentsync.overlap_frames: {self._settings.overlap_frames} is too much; "
                f"the config of these weights has chunks of {frames} frames (num_frames), and "
                "neighbours must share fewer"
            )
        return frames

    @cached_property
    def kept(self) -> np.ndarray:
        """How much of a face is kept, [S, S]; see `mask.resized`."""
        return mask.resized(mask.draw(), self.side_px)

    @torch.inference_mode()
    def encode(self, faces: np.ndarray) -> np.ndarray:
        """Encode faces: the mode of the VAE's distribution; upstream draws a sample.

        Args:
            faces: RGB, [T, S, S, 3] uint8.

        Returns:
            Latents of the faces without what is redrawn, and whole, [T, 8, H, W], float16 where the
            networks run in 16 bits, else float32.
        """
        kept = self._on_device(torch.from_numpy(self.kept).float())
        vae = self.networks.vae

        def work(part: slice) -> Tensor:
            whole = self._seen(faces[part])
            both = torch.cat([whole * kept, whole]).to(self.networks.dtype)
            masked, reference = (vae.encode(both) * vae.config.scaling_factor).chunk(2)
            found = torch.cat([masked, reference], 1)
            return (found.float() if self.networks.dtype == torch.float32 else found.half()).cpu()

        found = [latents.numpy() for _, latents in self.sizes.vae.run(len(faces), work)]
        return np.concatenate(found)

    @torch.inference_mode()
    def hear(self, samples: np.ndarray) -> Tensor:
        """Encode sound; see `sound.hear`.

        Args:
            samples: [N] float32, 16 kHz mono.

        Returns:
            Rows, [R, layers + 1, width].
        """
        return sound.hear(samples, self.networks.encoder)

    def draw(self, known: np.ndarray, rows: Tensor, windows: np.ndarray) -> Iterator[np.ndarray]:
        """Draw faces, as chunks become ready.

        Args:
            known: What `encode` gave, [T, 8, H, W].
            rows: What `hear` gave.
            windows: Which of them each frame hears, [T, W].

        Yields:
            RGB, [N, S, S, 3] uint8; T in all.

        Raises:
            Fault: Memory does not hold one chunk.
        """
        for latents in self.latents(known, rows, windows):
            yield from self.decode(latents)

    @torch.inference_mode()
    def latents(self, known: np.ndarray, rows: Tensor, windows: np.ndarray) -> Iterator[Tensor]:
        """Draw the latents of faces; see `draw`.

        Args:
            known: See `draw`.
            rows: See `draw`.
            windows: See `draw`.

        Returns:
            Latents, [N, 4, H, W] float32; T in all.
        """
        networks = self.networks
        heard = sound.tokens(rows, self._on_device(torch.from_numpy(windows)))
        side = known.shape[-1]
        scene = Scene(
            self._on_device(noise(self._settings.seed, side)),
            self._on_device(torch.from_numpy(mask.latent(self.kept, side)).float()),
            self._on_device(torch.from_numpy(known)).to(networks.dtype),
            heard.to(networks.dtype),
        )
        return self._denoiser.run(scene)

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Iterator[np.ndarray]:
        """Decode faces.

        Args:
            latents: [N, 4, H, W].

        Yields:
            RGB, [M, S, S, 3] uint8; N in all.
        """
        for _, faces in self.sizes.vae.run(len(latents), lambda part: self.seen(latents[part])):
            pixels = ((faces / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
            yield pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy()

    def seen(self, latents: Tensor) -> Tensor:
        """Decode a batch.

        Args:
            latents: [N, 4, H, W].

        Returns:
            [N, 3, S, S] float32, about [-1, 1].
        """
        vae = self.networks.vae
        scaled = (latents / vae.config.scaling_factor).to(self.networks.dtype)
        return vae.decode(scaled).float()

    @cached_property
    def _denoiser(self) -> Denoiser:
        chosen, networks = self._settings, self.networks
        way = Way(
            schedule(networks.schedule, chosen.steps),
            chosen.guidance,
            self.chunk_frames,
            chosen.overlap_frames,
            chosen.deep_every,
            chosen.batch_chunks,
        )
        return Denoiser(networks.predict, way, self.sizes.unet)

    def _seen(self, faces: np.ndarray) -> Tensor:
        """Faces as the networks see them, [N, 3, S, S] float32 in [-1, 1]."""
        pixels = self._on_device(torch.from_numpy(faces)).permute(0, 3, 1, 2).float()
        found = (pixels / 255 - 0.5) / 0.5
        on_gpu = self.networks.device == "cuda"
        return found.contiguous(
            memory_format=torch.channels_last if on_gpu else torch.contiguous_format
        )

    def _on_device(self, given: Tensor) -> Tensor:
        return given.to(self.networks.device)
