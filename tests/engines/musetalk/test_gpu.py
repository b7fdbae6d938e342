"""MuseTalk on a GPU: what only a GPU can show. Skipped where there is none."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from mouthpiece.engines.musetalk import audio
from mouthpiece.engines.musetalk.generate import Generator
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.engines.musetalk.shared import SharedGenerator

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU")
FRAMES = 64


@pytest.fixture(autouse=True)
def all_memory() -> Iterator[None]:
    """A limit that a test sets ends with it."""
    yield
    torch.cuda.set_per_process_memory_fraction(1.0)
    torch.cuda.empty_cache()


def generator_of(tree: Path, batch_frames: int = 32, **chosen: object) -> Generator:
    settings = MusetalkSettings.model_validate({"models": str(tree), "device": "cuda"} | chosen)
    return Generator(Networks(settings), batch_frames)


def drawn(generator: Generator, frames: int = FRAMES) -> np.ndarray:
    """Faces [frames, 256, 256, 3] of noise, the same noise each time."""
    random = np.random.default_rng(0)
    latents = random.standard_normal((FRAMES, 8, 32, 32)).astype(np.float16)[:frames]
    rows = torch.from_numpy(random.standard_normal((200, 5, 384)).astype(np.float32))
    windows = audio.exact_windows(len(rows), 0, frames, Fraction(25), 2, 2)
    batches = list(generator.draw_faces(latents, rows.cuda(), windows))
    assert len(batches) > 1
    return np.concatenate(batches).astype(np.int16)


def test_half_precision_draws_what_full_precision_does(tree: Path) -> None:
    full, half = (drawn(generator_of(tree, precision=precision)) for precision in ("fp32", "fp16"))
    assert full.std() > 1
    assert np.abs(half - full).mean() <= 1


def test_compiled_code_draws_what_eager_code_does(tree: Path) -> None:
    eager, compiled = (drawn(generator_of(tree, compile=way)) for way in ("off", "default"))
    assert np.abs(compiled - eager).mean() <= 1


def test_batches_that_are_filled_up_draw_the_same_faces(tree: Path) -> None:
    generator = generator_of(tree)
    whole = drawn(generator)
    for frames in (37, 34, 37, 63):
        assert np.abs(drawn(generator, frames) - whole[:frames]).mean() <= 1
    np.testing.assert_array_equal(drawn(generator), whole)


def test_where_memory_is_short_the_batch_halves_and_the_faces_are_the_same(tree: Path) -> None:
    plenty = generator_of(tree)
    drawn(generator_of(tree, batch_frames=1))  # libraries take their own memory first
    torch.cuda.empty_cache()
    least = torch.cuda.memory_reserved()
    torch.cuda.reset_peak_memory_stats()
    whole = drawn(plenty)
    peak = torch.cuda.max_memory_reserved()  # graphs keep theirs, used or not
    assert plenty.draw_batches.frames == 32
    del plenty
    gc.collect()  # its networks and recorded graphs
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((least + (peak - least) / 2) / total)
    short = generator_of(tree)
    parts = drawn(short)
    assert 1 <= short.draw_batches.frames < 32
    assert np.abs(parts - whole).mean() <= 1


def test_sessions_draw_what_one_does_and_leave_no_memory_behind(tree: Path) -> None:
    shared = SharedGenerator(generator_of(tree), 8)
    shared.prepare(20_000, 2, 10)
    random = np.random.default_rng(0)
    samples = (0.1 * random.standard_normal(20_000)).astype(np.float32)
    latents = random.standard_normal((2, 8, 32, 32)).astype(np.float16)
    windows = audio.exact_windows(62, 16_000, 2, Fraction(25), 2, 2)
    alone = shared.draw(samples, latents, windows)
    held = torch.cuda.memory_reserved()
    with ThreadPoolExecutor(5) as sessions:
        asked = [sessions.submit(shared.draw, samples, latents, windows) for _ in range(100)]
    for faces in asked:
        assert np.abs(faces.result().astype(int) - alone).mean() <= 1
    assert shared.batches < 101 and torch.cuda.memory_reserved() == held
