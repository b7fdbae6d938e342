"""MuseTalk while the sound arrives, with small seeded weights that several sessions share."""

import functools
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk import shared as engine_shared
from mouthpiece.engines.musetalk import together as engine_together
from mouthpiece.engines.musetalk.audio import exact_windows
from mouthpiece.engines.musetalk.generate import Generator
from mouthpiece.engines.musetalk.networks import Networks
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.engines.musetalk.shared import SharedGenerator
from mouthpiece.engines.musetalk.together import Together
from mouthpiece.engines.registry import EngineCache, create_engine, read_settings
from mouthpiece.live.avatar import Avatar, load_avatar
from mouthpiece.live.baking import AVATAR
from mouthpiece.live.moments import Moment
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from portraits import moving_track
from talkers import Person, babble, write_avatar
from waiting import wait_until

pytestmark = pytest.mark.slow

FRAMES, RATE_HZ = 5, 16000


@pytest.fixture(scope="module")
def settings(
    seeded_weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Settings that find the weights; converted copies stay out of `models/`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_table, "MODELS", tmp_path_factory.mktemp("musetalk"))
        patch.delenv(TREE_VARIABLE, raising=False)
        torch.set_num_threads(1)
        yield {"models": str(seeded_weights), "device": "cpu", "parsing": "drawn"}


@pytest.fixture(scope="module")
def folder(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """scikit-image's portrait, moved a little from frame to frame, baked."""
    portrait = pytest.importorskip("skimage.data").astronaut()
    pictures = [
        cv2.warpAffine(
            portrait, np.array([[1, 0, 3.0 * i], [0, 1, 2.0 * i]]), (512, 512), borderMode=2
        )
        for i in range(FRAMES)
    ]
    person = Person(pictures, moving_track(FRAMES), np.zeros(FRAMES))
    return write_avatar(person, tmp_path_factory.mktemp("live") / "avatar", "musetalk", **settings)


@pytest.fixture(scope="module")
def avatar(folder: Path, settings: dict[str, Any]) -> Avatar:
    """The portrait."""
    return load_avatar(folder, settings={**settings, "keep_silence": False})


def pictures(moments: Iterator[Moment]) -> list[bytes]:
    return [moment.picture.tobytes() for moment in moments]


def test_every_chunking_gives_the_bytes_of_the_draft(
    avatar: Avatar, folder: Path, settings: dict[str, Any]
) -> None:
    sound = babble(FRAMES / 25, RATE_HZ, 3) + babble(2, RATE_HZ, 1)[9000:][: FRAMES * 640]
    whole = pictures(avatar.speak([(sound, RATE_HZ)]))
    assert len(set(whole)) == FRAMES
    for step in (160, 592, 16000):
        cut = ((sound[at : at + step], RATE_HZ) for at in range(0, len(sound), step))
        assert pictures(avatar.speak(cut)) == whole
    engine = create_engine(
        read_settings("musetalk", {**settings, "keep_silence": False, "live": True})
    )
    clock = Clock(Fraction(25), 0, FRAMES)
    patches = engine.render(folder / AVATAR, Speech(np.pad(sound, RATE_HZ), RATE_HZ), clock)
    drafted = [avatar._source.with_patch(i, patch).tobytes() for i, patch in enumerate(patches)]
    assert drafted == whole


def test_avatars_share_one_set_of_weights(folder: Path, settings: dict[str, Any]) -> None:
    create = EngineCache()
    one, other = (load_avatar(folder, settings=settings, create=create) for _ in range(2))
    assert one._performer.shared is other._performer.shared  # type: ignore[attr-defined]


def test_upstreams_timing_is_for_cuts(folder: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="timing"):
        load_avatar(folder, settings={**settings, "timing": "upstream"})


@pytest.fixture(scope="module")
def generator(settings: dict[str, Any]) -> Generator:
    """The networks, fp32."""
    chosen = MusetalkSettings(**settings)
    return Generator(Networks(chosen), 8)


def request(seed: int, frames: int, padding: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    latents = random.standard_normal((frames, 8, 32, 32)).astype(np.float16)
    windows = exact_windows(50, RATE_HZ // 2, frames, Fraction(25), padding, padding)
    return babble(1.5, RATE_HZ, seed)[:RATE_HZ], latents, windows


def at_once(shared: SharedGenerator, requests: list[Any]) -> list[np.ndarray]:
    """Ask from a thread each; all wait before the first one is served."""
    found: dict[int, np.ndarray] = {}
    threads = [
        threading.Thread(target=lambda i=i, r=r: found.update({i: shared.draw(*r)}))
        for i, r in enumerate(requests)
    ]
    all_asked = threading.Event()
    shared._thread.submit(all_asked.wait)
    for thread in threads:
        thread.start()
    wait_until(lambda: len(shared._waiting) == len(requests))
    all_asked.set()
    for thread in threads:
        thread.join()
    return [found[i] for i in range(len(requests))]


class Repeated:
    """Repeats a function as a GPU does: by the tensors' sizes, and into the same memory."""

    def __init__(self, function: Callable[..., tuple[torch.Tensor, ...]], pool: object) -> None:
        self._function = function
        self.results: dict[tuple[int, ...], torch.Tensor] = {}

    def __call__(self, *items: torch.Tensor) -> tuple[torch.Tensor, ...]:
        (result,) = self._function(*items)
        size = tuple(result.shape)
        return (self.results.setdefault(size, torch.empty_like(result)).copy_(result),)


def recording(generator: Generator, most_frames: int) -> tuple[SharedGenerator, list[Repeated]]:
    """A generator that is prepared as on a GPU, and what records its runs."""
    made: list[Repeated] = []

    def record(function: Callable[..., Any], pool: object) -> Repeated:
        made.append(Repeated(function, pool))
        return made[0]

    shared = SharedGenerator(generator, most_frames, merges=True)
    shared._together = Together(generator, record)
    shared.prepare(RATE_HZ, 2, 10)
    return shared, made


@pytest.fixture(scope="module")
def alone(generator: Generator) -> Callable[[int, int], np.ndarray]:
    """Draws a request by its seed and number of frames, when nobody else asks. Do not change it."""
    return functools.cache(
        lambda seed, frames: SharedGenerator(generator, 8).draw(*request(seed, frames))
    )


def test_what_is_asked_at_once_is_drawn_together(
    generator: Generator, alone: Callable[[int, int], np.ndarray]
) -> None:
    requests = [request(seed, 2) for seed in range(4)]
    together = SharedGenerator(generator, 6, merges=True)
    found = at_once(together, requests)
    assert together.batches == 2  # three of them fit into six frames
    for seed, faces in enumerate(found):
        assert np.abs(faces.astype(int) - alone(seed, 2)).max() <= 1  # sums in another order
    apart = SharedGenerator(generator, 6)
    for seed, faces in enumerate(at_once(apart, requests)):
        assert (faces == alone(seed, 2)).all()
    assert apart.batches == 4


def test_batches_of_all_sizes_are_drawn_in_few(
    generator: Generator,
    alone: Callable[[int, int], np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three sessions, one of which wants a single face, in a run of four that was recorded."""
    sizes = (1, 2, 4, 5)
    for module in (engine_shared, engine_together):
        monkeypatch.setattr(module, "SESSIONS", sizes)
    shared, made = recording(generator, 8)
    recorded = [(size, 2) for size in sizes[:3]]  # and no batch of more than eight frames
    assert [size[:2] for size in made[0].results] == recorded
    asked = [(0, 2), (1, 1), (2, 2)]
    found = at_once(shared, [request(*one) for one in asked])
    assert shared.batches == 1 and len(made) == 1 and len(made[0].results) == len(recorded)
    for one, faces in zip(asked, found, strict=True):
        assert np.abs(faces.astype(int) - alone(*one)).max() <= 1


def test_a_single_face_is_drawn_by_a_run_that_was_recorded(
    generator: Generator, alone: Callable[[int, int], np.ndarray]
) -> None:
    """As when a turn begins: nobody waits while a GPU records another run."""
    shared, made = recording(generator, 2)
    recorded = set(made[0].results)
    faces = shared.draw(*request(1, 1))
    assert set(made[0].results) == recorded
    assert np.abs(faces.astype(int) - alone(1, 1)).max() <= 1


def test_faces_that_hear_windows_of_two_lengths_are_drawn_apart(generator: Generator) -> None:
    shared = SharedGenerator(generator, 8, merges=True)
    found = at_once(shared, [request(0, 1), request(1, 1, padding=3)])
    assert shared.batches == 2 and all(faces.shape[0] == 1 for faces in found)


def test_all_who_asked_are_told_of_a_fault(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise Fault("no memory")

    monkeypatch.setattr(generator, "draw_faces", broken)
    shared = SharedGenerator(generator, 8)
    with pytest.raises(Fault, match="no memory"):
        shared.draw(*request(0, 2))
    monkeypatch.undo()
    assert shared.draw(*request(0, 2)).shape == (2, 256, 256, 3)
