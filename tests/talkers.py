"""Drawn people whose avatars talk, and what they say."""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from mouthpiece.config.normalize import Normalize
from mouthpiece.core.files import write_json
from mouthpiece.engines.registry import create_engine, read_settings
from mouthpiece.live.baking import AVATAR, FACTS, MEZZANINE, TRACK, VERSION
from mouthpiece.stages.normalize import normalize
from places import ROOT

sys.path.append(str(ROOT / "tests" / "engines" / "preview"))

from drawn import Person, draw_person

FRAMES = 31


def talking_person() -> Person:
    """A person who talks, and then keeps the mouth shut."""
    talking = 0.12 - 0.12 * np.cos(np.arange(20) * 2 * np.pi / 10)
    return draw_person(np.concatenate([talking, np.zeros(FRAMES - 20)]))


def write_film(pictures: list[np.ndarray], path: Path) -> None:
    """Write pictures of RGB as a film without loss, at 25 fps."""
    height, width = pictures[0].shape[:2]
    size = f"{width}x{height}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "rawvideo"]
    command += ["-pix_fmt", "rgb24", "-s", size, "-r", "25", "-i", "-", "-c:v", "libx264"]
    command += ["-qp", "0", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, input=np.stack(pictures).tobytes(), check=True)


def write_avatar(person: Person, folder: Path, engine: str, **settings: object) -> Path:
    """Bake a drawn person as `live.baking` bakes a found one."""
    folder.mkdir(parents=True)
    write_film(person.pictures, folder / "film.mp4")
    spare = folder / "sound.flac", folder / "source.json"
    normalize(folder / "film.mp4", folder / MEZZANINE, *spare, Normalize())
    person.track.save(folder / TRACK)
    chosen = read_settings(engine, dict(settings))
    create_engine(chosen).prepare(iter(person.pictures), person.track, folder / AVATAR)
    baked = chosen.model_dump(mode="json", include=set(chosen.baked))
    facts = {"version": VERSION, "engine": engine, "settings": baked, "pitch_hz": 110.0}
    write_json(folder / FACTS, facts | {"first_frame": 0, "frames": len(person.pictures)})
    return folder


def babble(seconds: float, rate_hz: int, seed: int = 0) -> np.ndarray:
    """Sound like syllables, [N] float32: noise in bursts, with silence at both ends."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    tones = sum(np.sin(2 * np.pi * f * t) / n for n, f in enumerate((140, 280, 700, 1900), 1))
    noise = np.random.default_rng(seed).standard_normal(len(t))
    loud = np.clip(np.sin(2 * np.pi * 3 * t), 0, 1) * (t > 0.2) * (t < seconds - 0.3)
    return (0.15 * loud * (tones + 0.3 * noise)).astype(np.float32)
