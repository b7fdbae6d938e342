"""How much is drawn at once: what config allows, and the GPU's free memory holds."""

import logging
from dataclasses import dataclass

from ...core.batches import Batches
from .networks import Networks
from .settings import LatentSyncSettings

log = logging.getLogger(__name__)

GIB = 2**30

CHUNK_BYTES, FACE_BYTES = 1.1 * GIB, 0.75 * GIB
"""What the UNet takes for a chunk, and the VAE for a face that it encodes or decodes: measured on
an H100, of 16 frames of 512 px in 16 bits (docs/latentsync.md), with a tenth more."""

OF_FRAMES, OF_PX, OF_ITEM_BYTES = 16, 512, 2

USED, USED_BY_UNET = 0.9, 0.35
"""Shares of the free memory that are used, and that the UNet may take of it. A recorded network
takes more than it works in: with 8 GiB, two predictions at once ran out of memory, with 12 they did
not. With this share they are made at once from 7 GiB of free memory on. A card of 8 GiB has less
once the networks are loaded, one of 12 has more.
"""


@dataclass(frozen=True)
class AtOnce:
    """How much is worked on at once.

    Attributes:
        chunks: Chunks that the UNet sees, each with sound or without.
        faces: Faces that the VAE encodes or decodes.
    """

    chunks: int
    faces: int

    def within(self, free_bytes: int, frames: int, side_px: int, item_bytes: int) -> "AtOnce":
        """Lower both to what some memory holds; to 1 at least.

        Args:
            free_bytes: The memory, once the networks are loaded.
            frames: Frames of a chunk.
            side_px: Side of a face.
            item_bytes: Bytes of a number.

        Returns:
            The numbers that fit.
        """
        scale = (side_px / OF_PX) ** 2 * item_bytes / OF_ITEM_BYTES
        chunk, face = CHUNK_BYTES * scale * frames / OF_FRAMES, FACE_BYTES * scale
        room = USED * free_bytes
        chunks = max(1, min(self.chunks, int(USED_BY_UNET * room / chunk)))
        return AtOnce(chunks, max(1, min(self.faces, int((room - chunks * chunk) / face))))


class BatchSizes:
    """The batches of the networks, which shrink where memory runs out all the same.

    Attributes:
        need: What of the settings changes how much memory a batch takes.
        vae: Faces that the VAE encodes or decodes at once.
        unet: Chunks that the UNet sees at once, each with sound or without.
    """

    def __init__(self, settings: LatentSyncSettings, networks: Networks) -> None:
        """Choose the sizes.

        Args:
            settings: The engine's settings.
            networks: The networks, loaded or not.
        """
        self.need = self.needed(settings)
        sides = settings.batch_chunks * (1 + (settings.guidance > 1))
        wanted = AtOnce(sides, settings.vae_batch_frames)
        free = networks.free_bytes
        if free is not None:
            data = networks.config.data
            size = data.num_frames, data.resolution, networks.dtype.itemsize
            fits = wanted.within(free, *size)
            if fits != wanted:
                log.info("of %s at once, %.1f GiB of free memory hold %s", wanted, free / GIB, fits)
            wanted = fits
        self.vae, self.unet = Batches(wanted.faces), Batches(wanted.chunks)

    @staticmethod
    def needed(settings: LatentSyncSettings) -> tuple[int | bool, ...]:
        """Tell what of some settings changes how much memory a batch takes.

        Args:
            settings: The settings.

        Returns:
            Equal for settings that need as much.
        """
        sizes = (settings.vae_batch_frames, settings.batch_chunks)
        return (*sizes, settings.guidance > 1, settings.deep_every > 1)
