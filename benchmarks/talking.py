"""Talking clips, opened: what the benchmarks of guard, speaker, gate and drafts have in common."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from mouthpiece.audio.slices import speech_of
from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from mouthpiece.audio.voice_activity import speech_frames
from mouthpiece.config.cuts import Cuts
from mouthpiece.config.guard import Guard
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.base import Engine
from mouthpiece.faces.mesh import FaceMesh
from mouthpiece.faces.track import Track
from mouthpiece.media.decode import read_rgb, to_rgb
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.media.shots import detect
from mouthpiece.patches.composite import composited
from mouthpiece.patches.looks import Looking, Looks
from mouthpiece.patches.patch import Patch
from mouthpiece.scorers.base import SCORE_RATE, Seen, at_score_rate
from mouthpiece.scorers.silent_mouth import MouthWatch, SecondLook
from mouthpiece.scorers.speaking import NO_PICTURE
from mouthpiece.stages.drawing import where_placed
from mouthpiece.stages.guard import Verdict, watch
from mouthpiece.stages.normalize import normalize
from mouthpiece.stages.score import faces_in
from mouthpiece.stages.speech import write_speech
from mouthpiece.training.dataset import splits

FRAME_SAMPLES = SAMPLE_RATE // SCORE_RATE
MUTED_S, MUTED_SHARE = 2.0, 0.25


@dataclass
class Stopwatch:
    """Seconds that each part of the work took, and the frames that went through it."""

    seconds: dict[str, float] = field(default_factory=dict)
    frames: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def times(self, part: str, frames: int) -> Iterator[None]:
        """Time a part of the work."""
        began = time.perf_counter()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - began
        self.frames[part] = self.frames.get(part, 0) + frames

    def add(self, more: "Stopwatch") -> None:
        """Add the times of another one."""
        for part in more.seconds:
            self.seconds[part] = self.seconds.get(part, 0.0) + more.seconds[part]
            self.frames[part] = self.frames.get(part, 0) + more.frames[part]

    def rate(self, part: str) -> float:
        """Frames a second; NaN where nothing was timed."""
        seconds = self.seconds.get(part, 0.0)
        return self.frames[part] / seconds if seconds else float("nan")


@dataclass(frozen=True)
class Clip:
    """A clip, made ready.

    Attributes:
        name: The file's name without its ending.
        mezzanine: Its mezzanine.
        speech: Its sound, WAV, 16 kHz mono; None where it has none.
        whose: Whose clip it is; None: its name tells.
    """

    name: str
    mezzanine: Path
    speech: Path | None
    whose: str | None = None

    @property
    def person(self) -> str:
        """Whose clip it is: else clips with one name and different numbers are of one person."""
        return self.whose or without_number(self.name)


@dataclass(frozen=True)
class Shot:
    """A cut of a clip, watched.

    Attributes:
        clip: The clip.
        clock: The cut's frames.
        verdict: What the guard says of it.
        tracks: The faces that may be redrawn.
        sound: What is heard, 16 kHz; None without sound.
    """

    clip: Clip
    clock: Clock
    verdict: Verdict
    tracks: list[Track]
    sound: Speech | None

    @property
    def name(self) -> str:
        """Clip and first frame."""
        return f"{self.clip.name}:{self.clock.first_frame}"

    @property
    def duration_s(self) -> float:
        """The cut's length."""
        return float(self.clock.frames / self.clock.rate)

    @property
    def samples(self) -> np.ndarray:
        """The cut's own samples, [N] float32; none without sound."""
        return self.sound.cut_samples(self.clock) if self.sound else np.zeros(0, np.float32)

    @property
    def face(self) -> list[Seen]:
        """The face as the guard tracked it, at 25 fps, without pictures."""
        return at_25(self.tracks[0].points, self.clock)


@dataclass(frozen=True)
class Drawn:
    """A draft, laid into its cut.

    Attributes:
        points: The face as it is found in the result, [T, 468, 3] float32.
        looks: What was measured of the pictures.
        seen: The face as a scorer sees it: as `points`, but no mouth is looked at again.
    """

    points: np.ndarray
    looks: Looks
    seen: np.ndarray


def without_number(name: str) -> str:
    """A clip's name without the number at its end."""
    return re.sub(r"_\d+$", "", name)


def prepared(source: Path, folder: Path, name: str = "", whose: str | None = None) -> Clip:
    """Make a clip ready; what is in the folder from an earlier call is used again."""
    name = name or source.stem
    mezzanine, sound = folder / f"{name}.mp4", folder / f"{name}.flac"
    speech = folder / f"{name}.wav"
    if not mezzanine.exists():
        normalize(source, mezzanine, sound, folder / f"{name}.json", Normalize())
    if not speech.exists() and sound.exists():
        write_speech(sound, speech)
    heard = speech.exists() and bool(np.any(_whole(speech)))
    return Clip(name, mezzanine, speech if heard else None, whose)


def shots(clip: Clip, stopwatch: Stopwatch, least_s: float, longest_s: float) -> Iterator[Shot]:
    """Watch the cuts of a clip that last at least so long; of longer ones, their beginning."""
    rate = probe_mezzanine(clip.mezzanine).rate
    for cut in detect(clip.mezzanine, Cuts()):
        clock = Clock(rate, cut.first_frame, min(cut.frames, int(longest_s * rate)))
        if clock.frames / rate < least_s:
            continue
        with stopwatch.times("guard", clock.frames):
            verdict, tracks = watch(read_rgb(clip.mezzanine, clock), clock, Guard())
        sound = speech_of(clip.speech, clock) if clip.speech else None
        yield Shot(clip, clock, verdict, tracks, sound)


def opened(source: Path, folder: Path, longest_s: float | None = None) -> Shot:
    """Make a clip ready and watch all of it, or its beginning, as one cut."""
    clip = prepared(source, folder)
    clock = probe_mezzanine(clip.mezzanine).clock
    if longest_s is not None:
        clock = replace(clock, frames=min(clock.frames, int(longest_s * clock.rate)))
    verdict, tracks = watch(read_rgb(clip.mezzanine, clock), clock, Guard())
    sound = speech_of(clip.speech, clock) if clip.speech else None
    return Shot(clip, clock, verdict, tracks, sound)


def sound_of(source: Path, clock: Clock, folder: Path) -> Speech:
    """Take the sound of one clip as the speech of another one's frames."""
    write_speech(source, folder / "speech.wav")
    return speech_of(folder / "speech.wav", clock)


def written(pictures: Iterable[np.ndarray], rate: Fraction, film: Path) -> None:
    """Write pictures as a film without sound that loses next to nothing; sides become even."""
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "8", "preset": "veryfast"}
        for number, picture in enumerate(pictures):
            even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
            if not number:
                stream.height, stream.width = even.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def rewritten(shot: Shot, pictures: Iterable[np.ndarray], folder: Path) -> Shot:
    """A shot with other pictures, watched again, and its own sound; the folder must be empty."""
    source, made = folder / f"{shot.clip.name}.mp4", folder / "made"
    made.mkdir()
    written(pictures, shot.clock.rate, source)
    found = opened(source, made)
    clip = replace(found.clip, speech=shot.clip.speech)
    return replace(found, clip=clip, sound=shot.sound)


def driven(
    shot: Shot, avatar: Path, speech: Speech, engine: Engine, stopwatch: Stopwatch
) -> list[Patch]:
    """Draw a shot's mouth by a speech."""
    with stopwatch.times("draw", shot.clock.frames):
        drawn = engine.render(avatar, speech, shot.clock)
        return list(where_placed(shot.tracks[0].placed, drawn))


def laid_in(
    shot: Shot, patches: list[Patch], stopwatch: Stopwatch, silent: np.ndarray | None = None
) -> Drawn:
    """Lay a draft into its cut, look at it, and find the face in it again.

    Where it is silent, a mouth that seems open is looked at again, as the gate does.
    """
    own = shot.tracks[0].points
    looking, reformatter = Looking(own), VideoReformatter()
    watch = MouthWatch(None if silent is None else SecondLook(own, silent, FaceMesh()))
    frames = composited(shot.clip.mezzanine, shot.clock, patches, looking.lay)
    with stopwatch.times("judge", shot.clock.frames):
        pictures = (to_rgb(frame, reformatter) for frame in frames)
        faces = watch.watched(faces_in(pictures, shot.tracks[0]))
        seen = np.stack([face.points for face in faces])
    return Drawn(watch.points, looking.looks, seen)


def meshes(shot: Shot) -> np.ndarray:
    """The face as it is found in the source where its track has it, [T, 468, 3] float32."""
    pictures = read_rgb(shot.clip.mezzanine, shot.clock)
    return np.stack([seen.points for seen in faces_in(pictures, shot.tracks[0])])


def looked_at(shot: Shot, patches: list[Patch]) -> Looks:
    """Lay a draft into its cut and look at it, without finding the face again."""
    looking = Looking(shot.tracks[0].points)
    for _ in composited(shot.clip.mezzanine, shot.clock, patches, looking.lay):
        pass
    return looking.looks


def at_25(points: np.ndarray, clock: Clock) -> list[Seen]:
    """A face at 25 fps, without pictures."""
    seen = map(Seen, repeat(NO_PICTURE), points)
    return list(at_score_rate(seen, clock.rate, clock.frames))


def spoken(samples: np.ndarray) -> Speech:
    """Samples as a cut's speech, in silence."""
    context = np.zeros(CONTEXT_S * SAMPLE_RATE, np.float32)
    return Speech(np.concatenate([context, samples, context]).astype(np.float32), len(context))


def muted(shot: Shot) -> tuple[Speech, int, int]:
    """The clip's own sound with a silence in its middle; its first frame and its end."""
    assert shot.sound
    length = round(min(MUTED_S, MUTED_SHARE * shot.duration_s) * shot.clock.rate)
    first = (shot.clock.frames - length) // 2
    samples = shot.sound.samples.copy()
    at = [
        shot.sound.start + round(frame * SAMPLE_RATE / shot.clock.rate)
        for frame in (first, first + length)
    ]
    samples[at[0] : at[1]] = 0
    return Speech(samples, shot.sound.start), first, first + length


def piece(whole, start_s: float, length_s: float, rate: int):  # type: ignore[no-untyped-def]
    """A part of a sequence with `rate` items per second."""
    return whole[round(start_s * rate) :][: round(length_s * rate)]


def spoken_in(samples: np.ndarray, start_s: float, length_s: float) -> np.ndarray:
    """In which frames of a part of a sound somebody speaks, as the gate counts them, [T] bool."""
    clock = Clock(Fraction(SCORE_RATE), 0, round(length_s * SCORE_RATE))
    return speech_frames(Speech(samples, round(start_s * SAMPLE_RATE)), clock)


def speech_s(samples: np.ndarray, start_s: float, length_s: float) -> float:
    """Seconds of speech in a part of a sound, as the gate counts them."""
    return float(spoken_in(samples, start_s, length_s).sum() / SCORE_RATE)


def grid_paths(grid: Path) -> list[Path]:
    """The clips of GRID that the embedded networks were not trained on."""
    paths = [*sorted(grid.glob("other/*.mpg")), *sorted(grid.glob("s1/*.mpg"))]
    parts = splits([f"{path.parent.name}/{path.stem}" for path in paths])
    return [paths[i] for part in ("other", "test", "validation") for i in parts[part]]


def _whole(speech: Path) -> np.ndarray:
    return Speech.load(speech).samples
