"""Do sound and picture keep their clock, whatever the container and the codec?

    python benchmarks/clock_matrix.py --as source|dub [--only mp4/aac mkv ...] [--sound-only]
                                      [--processes 2] [--keep FOLDER] [--all]

Makes small films that flash and beep at 1, 3 and 5 s: containers x sound codecs x starts of the
sound x whole or with a hole (0.9 s of its packets are missing). What is true of a file is what a
player shows of it: the time stamps of its decoded frames, read here without the library's code.

`--as source` normalizes each file, and compares mezzanine and source.flac with that. `--as dub`
makes dub.flac and speech.wav of it, and muxes a film; `--sound-only` leaves out the dub's picture.
`--only` takes parts of names such as mp4/aac/+500/hole. Prints a line for each file that does not
pass, with `--all` for each file, and the totals: exist, pass, refused, fail.
"""

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts")]

from mouthpiece.config.normalize import Normalize  # noqa: E402
from mouthpiece.core.errors import InputError  # noqa: E402
from mouthpiece.media.mux import mux  # noqa: E402
from mouthpiece.media.sound_track import encode_sound  # noqa: E402
from mouthpiece.stages.dub import write_dub  # noqa: E402
from mouthpiece.stages.normalize import normalize  # noqa: E402
from mouthpiece.stages.speech import write_speech  # noqa: E402

PICTURES = {
    "mp4": ("libx264",),
    "mov": ("libx264",),
    "mkv": ("libx264",),
    "webm": ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    "ts": ("libx264",),
    "avi": ("mpeg4", "-q:v", "3"),
    "flv": ("libx264",),
    "mxf": ("mpeg2video", "-q:v", "3"),
    "wmv": ("wmv2", "-q:v", "3"),
    "ogg": ("libtheora", "-q:v", "8"),
}
"""The containers, by suffix, each with a codec for its picture."""

SOUNDS = {
    "aac": "aac",
    "mp3": "libmp3lame",
    "opus": "libopus",
    "vorbis": "libvorbis",
    "flac": "flac",
    "pcm": "pcm_s16le",
    "wma": "wmav2",
    "ac3": "ac3",
}
"""The sound codecs, each with ffmpeg's encoder."""

STARTS_S = {"0": 0.0, "+90": 0.09, "-80": -0.08, "+500": 0.5}
"""When the sound starts, in seconds after the picture."""

LENGTH_S = 6
BEEPS_S = (1, 3, 5)
RATE = 25
BEEPS = "between(mod(t+{0}\\,2)\\,1\\,1.05)"
FLASHES = "between(mod(t+0.001\\,2)\\,1\\,1.06)"
HOLE_S = (1.5, 2.4)
SAMPLE_RATE = 48000

TOLERANCE_S = 0.005
"""How far a beep may lie beside where it belongs."""

LENGTH_TOLERANCE_S = 0.06
"""How far a dub may end beside the last of its sound: codecs pad their last frame."""

TIMELINES = ("mov", "matroska")
"""How ffmpeg's names of containers begin whose clock has a zero of its own."""


@dataclass(frozen=True)
class Combination:
    """A file to make.

    Attributes:
        container: A key of `PICTURES`.
        sound: A key of `SOUNDS`.
        start: A key of `STARTS_S`.
        hole: Whether packets of the sound are missing.
        picture: Whether it has a picture.
    """

    container: str
    sound: str
    start: str
    hole: bool
    picture: bool = True

    @property
    def name(self) -> str:
        """Such as mp4/aac/+500/hole."""
        return f"{self.container}/{self.sound}/{self.start}/{'hole' if self.hole else 'whole'}"


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        combination: The file.
        state: `absent` (ffmpeg cannot write it), `pass`, `refused` or `fail`.
        remark: Why, or by how much.
    """

    combination: Combination
    state: str
    remark: str = ""


@dataclass(frozen=True)
class Seen:
    """What a player shows of a file, in seconds on the file's clock.

    Attributes:
        flashes_s: When the picture turns white.
        beeps_s: When the sound begins to beep.
        picture_s: When the first picture is shown; None where there is none.
        sound_s: When the first sample sounds.
        end_s: When the sound ends.
        container: ffmpeg's name of the format.
    """

    flashes_s: tuple[float, ...]
    beeps_s: tuple[float, ...]
    picture_s: float | None
    sound_s: float
    end_s: float
    container: str

    @property
    def zero_s(self) -> float:
        """Where a dub begins."""
        if self.picture_s is not None:
            return self.picture_s
        return 0.0 if self.container.startswith(TIMELINES) else self.sound_s


def ffmpeg(*arguments: object) -> str | None:
    """Run ffmpeg; returns its last error, None where it had none."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error"]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True)
    return (done.stderr.strip().splitlines() or ["failed"])[-1] if done.returncode else None


def make_picture(folder: Path, container: str) -> None:
    """Encode a container's picture, once for all of its files."""
    flash = (
        f"testsrc2=s=160x120:r=25:d={LENGTH_S},format=yuv420p,eq=brightness=-0.3,"
        f"drawbox=t=fill:color=white:enable='{FLASHES}'"
    )
    codec = ("-c:v", *PICTURES[container], "-threads", 1)
    error = ffmpeg("-f", "lavfi", "-i", flash, *codec, folder / f"picture.{container}.mkv")
    if error:
        raise SystemExit(f"{container}: {error}")


def make(folder: Path, wanted: Combination) -> Path | None:
    """Write a file; None where ffmpeg cannot."""
    path = folder / f"{wanted.name.replace('/', '_')}.{wanted.container}"
    start_s = STARTS_S[wanted.start]
    wave = f"if({BEEPS.format(start_s + 2)}\\,0.8*sin(2*PI*1000*t)\\,0)"
    sound = f"aevalsrc={wave}:s={SAMPLE_RATE}:d={LENGTH_S - start_s}"
    picture = ("-i", folder / f"picture.{wanted.container}.mkv") if wanted.picture else ()
    hole = f"noise=drop='between(pts*tb\\,{HOLE_S[0]}\\,{HOLE_S[1]})'"
    error = ffmpeg(
        *picture,
        *("-itsoffset", start_s, "-f", "lavfi", "-i", sound),
        *(("-map", "0:v", "-map", "1:a") if wanted.picture else ()),
        *("-c:v", "copy", "-c:a", SOUNDS[wanted.sound], "-b:a", "128k", "-strict", "-2"),
        *(("-bsf:a", hole) if wanted.hole else ()),
        path,
    )
    return None if error else path


def see(path: Path) -> Seen:
    """Decode a file as players do, and find its flashes and beeps."""
    flashes, beeps, pictures_s = [], [], []
    sound_s, end_s, white, last_s = None, 0.0, False, -9.0
    with av.open(str(path)) as container:
        name = container.format.name
        for frame in container.decode(video=0) if container.streams.video else ():
            bright = frame.reformat(format="gray").to_ndarray().mean() > 200
            if bright and not white:
                flashes.append(frame.time)
            white = bright
            pictures_s.append(frame.time)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = _mono(frame)
            start_s = end_s if frame.time is None else frame.time
            sound_s = start_s if sound_s is None else sound_s
            for i in np.flatnonzero(np.abs(samples) > 0.2):
                at_s = start_s + i / frame.sample_rate
                if at_s - last_s > 0.3:
                    beeps.append(at_s)
                last_s = at_s
            end_s = start_s + len(samples) / frame.sample_rate
    if sound_s is None:
        raise ValueError("no sound decodes")
    first = pictures_s[0] if pictures_s else None
    return Seen(tuple(flashes), tuple(beeps), first, sound_s, end_s, name)


def _mono(frame: av.AudioFrame) -> np.ndarray:
    samples = frame.to_ndarray()
    scale = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    return samples.mean(0) / scale


def compare(what: str, wanted: tuple[float, ...], found: tuple[float, ...]) -> str:
    """Tell how times differ; an empty text where they do not."""
    if len(wanted) != len(found):
        return f"{what}: {_ms(found)} for {_ms(wanted)}; "
    worst = max((f - w for w, f in zip(wanted, found, strict=True)), key=abs, default=0.0)
    return f"{what}: {1000 * worst:+.1f} ms; " if abs(worst) > TOLERANCE_S else ""


def _ms(times_s: tuple[float, ...]) -> str:
    return f"[{', '.join(f'{1000 * t:.0f}' for t in times_s)}]"


def audible(beeps_s: tuple[float, ...], zero_s: float) -> tuple[float, ...]:
    """Beeps on a clock that begins at `zero_s`."""
    return tuple(t - zero_s for t in beeps_s if t >= zero_s)


def check_source(path: Path, true: Seen) -> str:
    """Normalize a file and compare; returns what differs."""
    mezzanine, sound = path.with_suffix(".mezzanine.mp4"), path.with_suffix(".source.flac")
    normalize(path, mezzanine, sound, path.with_suffix(".json"), Normalize())
    picture, heard = see_picture(mezzanine), see(sound)
    # Frames that lie between those of the mezzanine become the nearest ones.
    flashes = tuple(round(t * RATE) / RATE for t in audible(true.flashes_s, true.zero_s))
    return compare("flashes", flashes, picture) + compare(
        "beeps", audible(true.beeps_s, true.zero_s), heard.beeps_s
    )


def see_picture(path: Path) -> tuple[float, ...]:
    """When the picture of a film turns white, in seconds."""
    flashes, white = [], False
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            bright = frame.reformat(format="gray").to_ndarray().mean() > 200
            if bright and not white:
                flashes.append(frame.time)
            white = bright
    return tuple(flashes)


def check_dub(path: Path, true: Seen) -> str:
    """Make dub, speech and film of a file and compare; returns what differs."""
    dub, speech = path.with_suffix(".dub.flac"), path.with_suffix(".speech.wav")
    film = path.with_suffix(".film.mp4")
    write_dub(path, dub, path.with_suffix(".dub.json"))
    write_speech(dub, speech)
    picture = path.parent / "picture.mp4.mkv"
    track = path.with_suffix(".m4a")
    encode_sound(dub, Fraction(LENGTH_S), "de", track, 192)
    mux(picture, track, "de", film)
    wanted = audible(true.beeps_s, true.zero_s)
    heard = see(dub)
    differs = "".join(
        compare(what, wanted, found)
        for what, found in (
            ("dub.flac", heard.beeps_s),
            ("speech.wav", see(speech).beeps_s),
            ("film", see(film).beeps_s),
        )
    )
    length_s = true.end_s - true.zero_s
    if abs(heard.end_s - length_s) > LENGTH_TOLERANCE_S:
        differs += f"dub.flac lasts {heard.end_s:.3f} s, not {length_s:.3f} s; "
    return differs


CHECKS = {"source": check_source, "dub": check_dub}


def try_out(task: tuple[Combination, str, Path, bool]) -> Outcome:
    """Make a file, have it processed, and compare."""
    wanted, role, folder, keep = task
    path = make(folder, wanted)
    if path is None:
        return Outcome(wanted, "absent")
    try:
        true = see(path)
    except (av.FFmpegError, LookupError, ValueError) as error:
        return Outcome(wanted, "absent", f"ffmpeg does not read what it wrote: {error}")
    if len(true.beeps_s) != len(BEEPS_S):
        return Outcome(wanted, "absent", f"ffmpeg wrote beeps at {_ms(true.beeps_s)}")
    try:
        differs = CHECKS[role](path, true)
    except InputError as error:
        return Outcome(wanted, "refused", str(error).removeprefix(f"{path}: "))
    except Exception as error:  # whatever it is, it is the product's failure
        return Outcome(wanted, "fail", f"{type(error).__name__}: {error}")
    finally:
        for file in () if keep else folder.glob(f"{path.stem}.*"):
            file.unlink()
    moved = compare("", audible(true.flashes_s or (1.0, 3.0, 5.0), true.zero_s),
                    audible(true.beeps_s, true.zero_s))  # fmt: skip
    remark = f"the file itself has its beeps at {_ms(true.beeps_s)}" if moved else ""
    return Outcome(wanted, "fail", differs + remark) if differs else Outcome(wanted, "pass", remark)


def combinations(only: list[str], picture: bool) -> Iterator[Combination]:
    """All combinations whose names begin with one of `only`, or have it as a part."""
    for parts in itertools.product(PICTURES, SOUNDS, STARTS_S, (False, True)):
        made = replace(Combination(*parts), picture=picture)
        if not only or any(f"/{o}/" in f"/{made.name}/" for o in only):
            yield made


def main() -> None:
    """Make the files, have them processed, print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--as", dest="role", choices=CHECKS, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--sound-only", action="store_true")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()
    if args.sound_only and args.role == "source":
        parser.error("a source has a picture")
    wanted = list(combinations(args.only, not args.sound_only))
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for container in sorted({w.container for w in wanted} | {"mp4"}):
            make_picture(folder, container)
        tasks = [(w, args.role, folder, bool(args.keep)) for w in wanted]
        totals: Counter[str] = Counter()
        with ProcessPoolExecutor(args.processes) as pool:
            for done in pool.map(try_out, tasks):
                totals[done.state] += 1
                if args.all or done.state in ("refused", "fail"):
                    print(done.combination.name, done.state, done.remark, sep="\t", flush=True)
    exist = totals.total() - totals["absent"]
    counts = ", ".join(f"{totals[state]} {state}" for state in ("pass", "refused", "fail"))
    print(f"{totals.total()} combinations, {exist} exist: {counts}")
    sys.exit(bool(totals["fail"]))


if __name__ == "__main__":
    main()
