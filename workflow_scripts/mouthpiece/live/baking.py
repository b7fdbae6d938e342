"""Baking an avatar from a video: the workflow's own stages, as far as one clear face needs them."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ..audio.pitch import median_pitch_hz
from ..audio.speech import SAMPLE_RATE
from ..config.cuts import Cuts
from ..config.guard import Guard
from ..config.normalize import Normalize
from ..core.codeversion import code_version
from ..core.cuts import Cut, read_boundaries
from ..core.errors import Fault, InputError
from ..core.files import digest, read_json, remove, sha256, temporary_folder, write_json
from ..core.timeline import Clock
from ..core.user_files import file_problem, shown
from ..engines.settings import EngineSettings
from ..faces.track import Track
from ..media.decode import read_rgb
from ..media.mezzanine import probe_mezzanine
from ..stages.bake import bake_avatar
from ..stages.cuts import find
from ..stages.guard import Verdict, watch
from ..stages.normalize import normalize
from .sound import Resampler
from .source import most_frames

VERSION = 3

FACTS, MEZZANINE, TRACK, AVATAR = "avatar.json", "mezzanine.mp4", "track.npz", "avatar.zip"
"""The files of an avatar's folder."""

LONGEST_S = 20
"""A longer cut is baked up to here. The picture goes forward and back, so that no one sees it."""

SHORTEST_S = 1
"""A shorter cut makes no avatar."""

LONGEST_VIDEO_S = 600
"""A longer video is not searched for a face."""


@dataclass(frozen=True)
class Baked:
    """An avatar's folder.

    Attributes:
        folder: The folder.
        engine: The engine that baked it.
        settings: The values of its settings that the bake depends on.
        first_frame: The baked cut's first frame in the mezzanine.
        frames: How many frames it has.
        pitch_hz: The median pitch of the voice that is heard in the cut; 0: not known.
    """

    folder: Path
    engine: str
    settings: dict[str, Any]
    first_frame: int
    frames: int
    pitch_hz: float

    @property
    def mezzanine(self) -> Path:
        """The film."""
        return self.folder / MEZZANINE

    @property
    def avatar(self) -> Path:
        """What the engine baked."""
        return self.folder / AVATAR

    @property
    def clock(self) -> Clock:
        """The cut's frames."""
        return Clock(probe_mezzanine(self.mezzanine).rate, self.first_frame, self.frames)

    @property
    def track(self) -> Track:
        """The face in them."""
        return Track.load(self.folder / TRACK)

    @classmethod
    def load(cls, folder: Path) -> "Baked":
        """Read the facts of a folder.

        Args:
            folder: What `bake` made.

        Returns:
            The avatar's folder.

        Raises:
            InputError: It is no such folder.
        """
        if not (folder / FACTS).is_file():
            raise InputError(
                f"{shown(folder)}: is no folder of an avatar, as it has no {FACTS}; name a video"
            )
        try:
            facts = read_json(folder / FACTS)
            if facts["version"] != VERSION:
                raise ValueError(f"version {facts['version']}, expected {VERSION}")
            cut = int(facts["first_frame"]), int(facts["frames"])
            pitch_hz = float(facts["pitch_hz"])
            return cls(folder, str(facts["engine"]), dict(facts["settings"]), *cut, pitch_hz)
        except (OSError, Fault, ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{shown(folder)}: is no folder of an avatar ({error}); bake it again"
            ) from None


def key_of(video: Path, engine: str, settings: EngineSettings) -> str:
    """Name what a bake depends on, as the workflow's own jobs do.

    Args:
        video: The video.
        engine: The engine's name.
        settings: Its settings.

    Returns:
        16 hex digits.
    """
    stages = [f"stages.{name}" for name in ("normalize", "cuts", "guard", "bake")]
    code = code_version(*stages, "media.shots", "faces.people", "live.baking", settings.package())
    parts = [sha256(video), engine, _baked(settings), settings.weights_version("bake"), code]
    return digest(parts)[:16]


def bake(video: Path, engine: str, settings: EngineSettings, consent: str, folder: Path) -> Baked:
    """Bake the longest cut of a video that shows one clear face.

    Args:
        video: A video, or a still picture.
        engine: The engine's name.
        settings: Its settings.
        consent: Who allowed the likeness to be used.
        folder: The folder to make.

    Returns:
        The folder, whole.

    Raises:
        InputError: The video is broken, too long, or shows no such face.
        Fault: The machine failed.
    """
    if problem := file_problem(video):
        raise InputError(f"{shown(video)}: {problem}")
    with temporary_folder(folder) as made:
        _write(video, engine, settings, consent, made)
        with contextlib.suppress(OSError):  # another process was faster; its folder is as good
            made.rename(folder)
    return Baked.load(folder)


def _write(video: Path, engine: str, settings: EngineSettings, consent: str, folder: Path) -> None:
    mezzanine, scratch = folder / MEZZANINE, folder / "scratch"
    sound = scratch / "sound.flac"
    scratch.mkdir()
    normalize(video, mezzanine, sound, scratch / "source.json", Normalize())
    rate = probe_mezzanine(mezzanine).rate
    if probe_mezzanine(mezzanine).frames > LONGEST_VIDEO_S * rate:
        raise InputError(f"{shown(video)}: is longer than {LONGEST_VIDEO_S} s; cut a part out")
    boundaries = scratch / "boundaries.tsv"
    find(mezzanine, boundaries, Cuts(), guard=Guard())
    clock, face = _clear_face(video, mezzanine, read_boundaries(boundaries))
    bake_avatar(mezzanine, clock, face, engine, settings.model_dump(), folder / AVATAR)
    face.save(folder / TRACK)
    pitch_hz = round(_pitch_hz(sound, clock), 1)
    remove(scratch)
    facts = {"version": VERSION, "engine": engine, "settings": _baked(settings)}
    cut = {"first_frame": clock.first_frame, "frames": clock.frames}
    write_json(folder / FACTS, facts | cut | {"pitch_hz": pitch_hz, "consent": consent})


def _clear_face(video: Path, mezzanine: Path, cuts: list[Cut]) -> tuple[Clock, Track]:
    """The longest cut in which one clear face is seen, and its track."""
    info = probe_mezzanine(mezzanine)
    rate, longest = info.rate, min(int(LONGEST_S * info.rate), most_frames(info))
    refused: list[Verdict] = []
    for cut in sorted(cuts, key=lambda one: -one.frames):
        clock = Clock(rate, cut.first_frame, min(cut.frames, longest))
        if clock.frames < SHORTEST_S * rate:
            break
        verdict, tracks = watch(read_rgb(mezzanine, clock), clock, Guard())
        if tracks and not verdict.contested:
            return clock, tracks[0]
        refused.append(verdict)
    codes = sorted({reason.code for verdict in refused for reason in verdict.reasons})
    why = f" ({', '.join(codes)})" if codes else ""
    raise InputError(
        f"{shown(video)}: no cut of {SHORTEST_S} s or more shows one clear face{why}; give a video "
        "of one person who looks into the camera"
    )


def _pitch_hz(sound: Path, clock: Clock) -> float:
    """The median pitch of a cut's voice."""
    with soundfile.SoundFile(sound) as file:
        first, end = (min(sample, file.frames) for sample in clock.samples(file.samplerate))
        file.seek(first)
        samples = file.read(end - first, dtype="float32", always_2d=True).mean(1)
        resampler = Resampler(file.samplerate, SAMPLE_RATE)
    return median_pitch_hz(np.concatenate([resampler.push(samples), resampler.end()]))


def _baked(settings: EngineSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", include=set(settings.baked))
