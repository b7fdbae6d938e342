"""A cut in memory for `musetalk.py`, how its parts are timed, and what they take."""

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from musetalk_scene import RATE, some_pictures, some_speech, some_track, write_mezzanine

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk import faces, masks
from mouthpiece.engines.musetalk.avatar import Avatar, load_masks
from mouthpiece.engines.musetalk.crops import sample, stage
from mouthpiece.engines.musetalk.engine import MusetalkEngine
from mouthpiece.engines.musetalk.generate import SIDE_PX
from mouthpiece.engines.musetalk.resample import triangle
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import PatchReader, write_patches


@dataclass(frozen=True)
class Scene:
    """A cut in memory, and the folder of its files."""

    pictures: list[np.ndarray]
    track: Track
    speech: Speech
    clock: Clock
    folder: Path

    @classmethod
    def of(cls, options: argparse.Namespace, folder: Path) -> "Scene":
        """The cut that the command line asks for."""
        width, height = (int(v) for v in options.size.split("x"))
        size = options.frames, width, height
        speech, clock = some_speech(options.frames), Clock(RATE, 0, options.frames)
        return cls(some_pictures(*size), some_track(*size), speech, clock, folder)

    def write(self) -> None:
        """Write mezzanine, track and speech."""
        write_mezzanine(self.pictures, self.folder / "mezzanine.mp4")
        self.track.save(self.folder / "track.npz")
        samples = self.speech.samples
        soundfile.write(self.folder / "speech.wav", samples, SAMPLE_RATE, subtype="PCM_16")


@dataclass(frozen=True)
class Person:
    """An avatar in memory, with its masks."""

    avatar: Avatar
    masks: list[np.ndarray]

    @classmethod
    def load(cls, path: Path) -> "Person":
        """Read an avatar file, all of it."""
        return cls(Avatar.load(path), list(load_masks(path).read()))


def consume(items: Iterable[Any]) -> None:
    """Take all items, and keep none."""
    deque(items, maxlen=0)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that some work takes, the GPU's part too, and its result."""
    _synchronize()
    start = time.perf_counter()
    result = work()
    _synchronize()
    return time.perf_counter() - start, result


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def repeated(times: int, work: Callable[[], Any]) -> float:
    """Seconds that some work takes, so many times."""
    return timed(lambda: [work() for _ in range(times)])[0]


def median(work: Callable[[], Any]) -> float:
    """Seconds that some work takes: the middle of five times."""
    return float(np.median([timed(work)[0] for _ in range(5)]))


def draw(engine: MusetalkEngine, scene: Scene, person: Person) -> Iterable[Patch]:
    """Draw the cut."""
    return engine.draw(person.avatar, iter(person.masks), scene.speech, scene.clock)


def draft_parts(engine: MusetalkEngine, scene: Scene, person: Person) -> dict[str, float]:
    """Seconds a cut of hearing, of the networks alone, and of the files."""
    avatar = scene.folder / "avatar.zip"
    rows, windows = engine._hear(scene.speech, scene.clock)
    latents, draft = person.avatar.latents, scene.folder / "parts.zip"
    drawn = list(draw(engine, scene, person))
    return {
        "hear_s": median(lambda: engine._hear(scene.speech, scene.clock)),
        "draw_s": median(lambda: consume(engine.generator.draw_faces(latents, rows, windows))),
        "avatar_load_s": median(lambda: Person.load(avatar)),
        "avatar_bytes": avatar.stat().st_size,
        "draft_write_s": median(lambda: write_patches(draft, drawn, "musetalk")),
        "draft_read_s": median(lambda: consume(PatchReader(draft))),
    }


def bake_parts(engine: MusetalkEngine, scene: Scene, chosen: MusetalkSettings) -> dict[str, float]:
    """Seconds a batch of the bake's parts: the networks, and one thread's work on the CPU."""
    generator = engine.generator
    count = min(generator.encode_batches.frames, len(scene.pictures))
    short = Track(scene.track.points[:count], scene.track.seen[:count])
    found = list(faces.locate(scene.pictures[:count], short, chosen, None))
    found = list(faces.steadied(found, chosen.box_smoothing_frames))
    parts = [faces.part(face) for face in found]
    device = generator.runtime.device
    crops = sample(stage(parts, device), SIDE_PX, device)
    squares = [masks.surroundings(np.rint(face.box)) for face in found]
    pairs = list(zip(found, squares, strict=True))
    around = [masks.cut_out(face.picture, square) for face, square in pairs]
    drawn = np.stack([masks.draw(face.landmarks, square) for face, square in pairs])
    labels = torch.from_numpy(drawn).to(device)

    def see() -> torch.Tensor:
        return sample(stage(around, device), masks.SIDE_PX, device, triangle, antialias=True)

    seen = see()
    return {
        "frames": count,
        "part_s": median(lambda: [faces.part(face) for face in found]),
        "sample_s": median(lambda: sample(stage(parts, device), SIDE_PX, device).cpu()),
        "cut_out_s": median(lambda: [masks.cut_out(f.picture, s) for f, s in pairs]),
        "see_s": median(lambda: see().cpu()),
        "mask_s": median(lambda: faces.draw_masks(found, labels, chosen).cpu()),
        "encode_s": median(lambda: generator.encode_crops(crops)),
        "parse_s": median(lambda: generator.parse_pictures(seen)),
    }
