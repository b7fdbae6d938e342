"""A cut in chunks that overlap: what is drawn does not depend on memory, and does not jump."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch.nn import functional

from mouthpiece.core.errors import Fault
from mouthpiece.engines.latentsync.chunks import Chunk, join, plan, theirs_share
from mouthpiece.engines.latentsync.ddim import Step
from mouthpiece.engines.latentsync.denoise import Denoiser, Scene, Way

STEPS = [Step(timestep, kept, kept + 0.2) for timestep, kept in ((751, 0.1), (401, 0.4), (1, 0.7))]


class Network:
    """Its noise depends on a frame, on those that it is seen with, and on the sound."""

    def __init__(self, most: int = 99) -> None:
        self._most = most
        self.seen: list[int] = []

    def predict(
        self,
        x: torch.Tensor,
        step: torch.Tensor,
        heard: torch.Tensor,
        deep: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if len(x) > self._most:
            raise torch.OutOfMemoryError("a test: no memory left")
        self.seen.append(len(x))
        frames = x.shape[2]
        silent = len(x) * frames - len(heard)
        sound = functional.pad(heard.mean((1, 2)), (silent, 0)).unflatten(0, (-1, frames))[
            :, None, :, None, None
        ]
        own = 0.2 * x[:, :4] + x[:, 5:9] + 0.5 * x[:, 4:5] + sound + step / 1000
        if deep is None:
            deep = own.mean((2, 3, 4), keepdim=True).expand_as(own).transpose(1, 2).flatten(0, 1)
        return own + deep.unflatten(0, (-1, frames)).transpose(1, 2), deep


def scene(frames: int) -> Scene:
    random = torch.Generator().manual_seed(frames)
    return Scene(
        torch.randn((4, 2, 2), generator=random),
        torch.ones(2, 2),
        torch.randn((frames, 8, 2, 2), generator=random),
        torch.randn((frames, 3, 5), generator=random),
    )


def drawn(frames: int, network: Any, **way: Any) -> torch.Tensor:
    chosen = {"guidance": 1.5, "chunk_frames": 16, "overlap_frames": 4} | way
    found = list(Denoiser(network.predict, Way(STEPS, **chosen)).run(scene(frames)))
    return torch.cat(found) if found else torch.zeros(0, 4, 2, 2)


@pytest.mark.parametrize("length", [1, 2, 5, 16, 24])
def test_every_frame_is_drawn_once(length: int) -> None:
    for total in range(6 * length):
        for overlap in range(length):
            check_plan(plan(total, length, overlap), total, length, overlap)


def check_plan(chunks: list[Chunk], total: int, length: int, overlap: int) -> None:
    kept = [frame for chunk in chunks for frame in range(chunk.first, chunk.end - chunk.given)]
    assert kept == list(range(total))
    for one, other in pairwise(chunks):
        assert one.given == other.shared == one.end - other.first >= overlap
        assert one.frames == length
    if overlap and total >= length:
        assert {chunk.frames for chunk in chunks} == {length}


def test_without_an_overlap_chunks_are_upstreams() -> None:
    assert [(chunk.first, chunk.end) for chunk in plan(22, 16, 0)] == [(0, 16), (16, 22)]


def test_a_later_chunk_comes_in_frame_by_frame() -> None:
    torch.testing.assert_close(theirs_share(4), torch.tensor([0.8, 0.6, 0.4, 0.2]))
    assert len(theirs_share(0)) == 0


@pytest.mark.parametrize("frames", [0, 1, 5, 16, 17, 40, 75])
@pytest.mark.parametrize("overlap", [0, 4])
def test_frames_out_are_frames_in(frames: int, overlap: int) -> None:
    assert len(drawn(frames, Network(), overlap_frames=overlap)) == frames


@pytest.mark.parametrize("deep_every", [1, 2])
@pytest.mark.parametrize("overlap", [0, 4])
def test_memory_changes_nothing(overlap: int, deep_every: int) -> None:
    """Chunks drawn together or one by one, and guidance in one batch or in two."""
    way = {"overlap_frames": overlap, "deep_every": deep_every}
    wanted = drawn(60, Network(), **way)
    together, narrow = Network(), Network(most=1)
    torch.testing.assert_close(drawn(60, together, group_chunks=3, **way), wanted)
    torch.testing.assert_close(drawn(60, narrow, group_chunks=3, **way), wanted)
    assert max(together.seen) == 6 and set(narrow.seen) == {1}


def test_no_room_for_one_chunk_is_a_fault() -> None:
    with pytest.raises(Fault, match="out of memory"):
        drawn(20, Network(most=0))


def test_without_guidance_sound_is_heard_once() -> None:
    network = Network()
    drawn(16, network, guidance=1.0)
    assert set(network.seen) == {1} and len(network.seen) == len(STEPS)


def test_an_overlap_ends_the_jump_between_chunks() -> None:
    """All pictures are alike here, so that whatever moves is the work of chunks."""
    frames = 64
    still = scene(frames)
    ramp = torch.linspace(0, 1, frames)[:, None, None].expand(-1, 3, 5)
    still = Scene(still.noise, still.kept, still.known[:1].expand(frames, -1, -1, -1), ramp)

    def jumps(overlap: int) -> float:
        way = Way(STEPS, 1.5, 16, overlap)
        latents = torch.cat(list(Denoiser(Network().predict, way).run(still)))
        steps = (latents[1:] - latents[:-1]).abs().mean((1, 2, 3))
        return float(steps.max() / steps.median())

    assert jumps(4) < 0.5 * jumps(0)


def test_chunks_change_over_in_all_frames_that_they_share() -> None:
    """A cut of 20 frames is two chunks that share twelve, though four would do."""
    two = plan(20, 16, 4)
    assert [chunk.shared for chunk in two] == [0, 12]
    own = torch.stack([torch.zeros(1, 16, 1, 1), torch.ones(1, 16, 1, 1)])
    later = join(own, two, None)[1].flatten()
    steps = torch.cat([torch.zeros(1), later]).diff()
    torch.testing.assert_close(steps[:13], torch.full((13,), 1 / 13))
