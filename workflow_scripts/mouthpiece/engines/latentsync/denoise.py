"""Noise to the latents of faces, chunk by chunk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ...core.batches import Batches
from .chunks import Chunk, groups, join, plan
from .ddim import Step

NOISE_CHANNELS = 4


@dataclass(frozen=True)
class Way:
    """How noise is removed.

    Attributes:
        steps: The steps, from noise to the picture.
        guidance: How far the prediction with sound is followed beyond the one without; 1: only the
            one with sound is made.
        chunk_frames: Frames that are drawn at once.
        overlap_frames: Frames that neighbouring chunks share.
        deep_every: The network's deep layers work in the first of as many steps.
        group_chunks: Chunks that are at work together.
    """

    steps: Sequence[Step]
    guidance: float
    chunk_frames: int
    overlap_frames: int
    deep_every: int = 1
    group_chunks: int = 1


@dataclass(frozen=True)
class Scene:
    """What faces are drawn from.

    Attributes:
        noise: [4, H, W] float32, the same for all frames.
        kept: What of the face is kept, [H, W].
        known: Latents of the face without what is redrawn, and whole, [T, 8, H, W].
        heard: Each frame's tokens, [T, L, width].
    """

    noise: Tensor
    kept: Tensor
    known: Tensor
    heard: Tensor


def noise(seed: int, side: int) -> Tensor:
    """Draw the noise of a cut, the same on every machine.

    Args:
        seed: The seed.
        side: Side of the latents.

    Returns:
        [4, side, side] float32.
    """
    return torch.randn((NOISE_CHANNELS, side, side), generator=torch.Generator().manual_seed(seed))


class Denoiser:
    """Removes noise by a network whose batches shrink where memory runs out.

    Attributes:
        batches: Chunks that the network sees at once; with guidance each is one without sound, and
            one with it.
    """

    def __init__(
        self,
        predict: Callable[..., tuple[Tensor, ...]],
        way: Way,
        batches: Batches | None = None,
    ) -> None:
        """Take the network.

        Args:
            predict: See `VideoUNet.predict`; what it returns may be overwritten by the next call.
            way: How noise is removed.
            batches: Chunks that it sees at once, with guidance each twice; None: all of a group.
        """
        self._predict, self._way = predict, way
        self._guided = way.guidance > 1
        self.batches = batches or Batches(way.group_chunks * (1 + self._guided))

    @torch.inference_mode()
    def run(self, scene: Scene) -> Iterator[Tensor]:
        """Draw latents.

        Args:
            scene: What they are drawn from, where the network is.

        Yields:
            Latents of frames, in order, [N, 4, H, W] float32; T in all.

        Raises:
            Fault: Memory does not hold one chunk.
        """
        way = self._way
        chunks = plan(len(scene.known), way.chunk_frames, way.overlap_frames)
        times = [step.timestep for step in way.steps]
        timesteps = torch.tensor(times, device=scene.noise.device).split(1)  # no step waits for it
        before: list[Tensor] = []
        for group in groups(chunks, way.group_chunks):
            latents = scene.noise[:, None].expand(-1, group[0].frames, -1, -1)
            latents = latents.expand(len(group), -1, -1, -1, -1)
            sides = _Sides(scene, group, 1 + self._guided)
            trail: list[Tensor] = []
            deep: Tensor | None = None
            for number, step in enumerate(way.steps):
                given = None if number % way.deep_every == 0 else deep
                found, deep = self._found(sides.seen(latents), timesteps[number], sides, given)
                latents = step.take(latents, found)
                last = before[number] if before else None
                latents = join(latents, group, last)
                if group[-1].given:
                    trail.append(latents[-1][:, -group[-1].given :])
            before = trail
            for chunk, drawn in zip(group, latents, strict=True):
                yield drawn[:, : chunk.frames - chunk.given].transpose(0, 1)

    def _found(
        self, x: Tensor, timestep: Tensor, sides: "_Sides", deep: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """The noise in latents [N, 4, F, H, W]; and the deep layers' work, for later steps."""
        frames = x.shape[2]

        def work(part: slice) -> tuple[Tensor, Tensor]:
            given = [] if deep is None else [deep[part.start * frames : part.stop * frames]]
            found, kept = self._predict(x[part], timestep, sides.heard(part), *given)
            return found.float().clone(), kept.clone() if self._way.deep_every > 1 else kept

        results = [result for _, result in self.batches.run(len(x), work)]
        found = torch.cat([result[0] for result in results])
        if self._guided:
            without, with_sound = found.chunk(2)
            found = without + self._way.guidance * (with_sound - without)
        if deep is None and self._way.deep_every > 1:
            deep = torch.cat([result[1] for result in results])
        return found, deep


class _Sides:
    """What the network is given of a group's chunks in every step.

    With guidance, all chunks come first without sound, then with it.
    """

    def __init__(self, scene: Scene, group: Sequence[Chunk], times: int) -> None:
        kept = scene.kept.to(scene.known.dtype)
        known = torch.stack([self._fixed(scene, chunk, kept) for chunk in group])
        self._times, self._known = times, known.repeat(times, 1, 1, 1, 1)
        self._heard = torch.cat([scene.heard[chunk.first : chunk.end] for chunk in group])
        self._frames, self._silent = group[0].frames, len(group) * (times - 1)

    def seen(self, latents: Tensor) -> Tensor:
        """Lay noisy latents beside what is known.

        Args:
            latents: [chunks, 4, F, H, W].

        Returns:
            [N, 13, F, H, W].
        """
        noisy = latents.to(self._known.dtype).repeat(self._times, 1, 1, 1, 1)
        return torch.cat([noisy, self._known], dim=1)

    def heard(self, part: slice) -> Tensor:
        """Pick what some of the chunks hear.

        Args:
            part: Which, of all N.

        Returns:
            Tokens of those that hear something, [M * F, L, width].
        """
        ends = (max(number - self._silent, 0) for number in (part.start, part.stop))
        return self._heard[slice(*(end * self._frames for end in ends))]

    @staticmethod
    def _fixed(scene: Scene, chunk: Chunk, kept: Tensor) -> Tensor:
        known = scene.known[chunk.first : chunk.end].transpose(0, 1)
        return torch.cat([kept.expand(1, chunk.frames, -1, -1), known])
