"""Are sound and picture together in a delivered film, over an hour, at any rate?

    python benchmarks/long_film.py [--minutes 60] [--rates 24000/1001 25 30000/1001 50]
        [--dub dialogue made mix] [--folder FOLDER] [--skip-guard]

A small film flashes white each two seconds. Its dub beeps at each flash. With `dialogue`, the dub
is given and mixed with the background of the source, which is separated. With `made`, the lines of
a given script are spoken by a program that beeps. With `mix`, the dub is given, and complete. The
real workflow makes the film, of one cut; no face is seen, so pictures pass through. In the
delivered file, each beep is searched for near its flash, by correlation, at the times that the
container states.

The guard looks for faces in each frame: that takes most of an hour of CPU time and changes nothing
here. With `--skip-guard`, its verdict "no face" is written in its place; all other jobs run.

Prints, for each film: frames, the error of the beeps, the drift between first and last
minute, and seconds and memory of each rule. What is there in FOLDER is not made again.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))
RATES = ("24000/1001", "25", "30000/1001", "50")
SOUND_HZ = 48_000
EVERY_S = 2
FIRST_S = 1
BEEP_S = 0.05
NEAR_S = 0.25
"""How far from its flash a beep is searched."""
BRIGHT = 180
MEASURES = (
    "frames", "seen", "longest_gap_frames", "face_px", "second_face", "yaw_deg", "pitch_deg",
    "roll_deg", "visible",
)  # fmt: skip
CONSENT = "a drawn picture: nobody is seen"


@dataclass(frozen=True)
class Plan:
    """A film: its rate, its length, and the frames that flash."""

    rate: Fraction
    frames: int

    @property
    def flashes(self) -> list[int]:
        """The frames at which a flash begins."""
        times = range(FIRST_S, int(self.frames / self.rate), EVERY_S)
        return [round(time_s * self.rate) for time_s in times]


def beep() -> np.ndarray:
    """A tone of 1 kHz that begins and ends within a millisecond, [N] float32."""
    times = np.arange(round(BEEP_S * SOUND_HZ)) / SOUND_HZ
    edge = np.minimum(1, np.minimum(times, times[::-1]) / 0.001)
    return (0.5 * edge * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)


def write_film(plan: Plan, path: Path) -> None:
    """Write the source: a grey picture that flashes in its lower half, over quiet music."""
    dark = np.full((90, 160), 60, np.uint8)
    light = dark.copy()
    light[45:] = 235
    bright = {frame + more for frame in plan.flashes for more in range(3)}
    times = np.arange(SOUND_HZ) / SOUND_HZ
    chord = sum(0.02 * np.sin(2 * np.pi * hz * times) for hz in (220, 277, 330))
    music = path.with_suffix(".wav")  # whole periods: it can be repeated
    soundfile.write(music, np.stack([chord, chord], 1), SOUND_HZ, subtype="PCM_16")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray",
        "-s", "160x90", "-r", str(plan.rate), "-i", "-", "-stream_loop", "-1", "-i", str(music),
        "-t", str(float(plan.frames / plan.rate)), "-c:v", "libx264", "-preset", "ultrafast",
        "-crf", "20", "-g", "250", "-pix_fmt", "yuv420p", "-c:a", "aac",
        "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for frame in range(plan.frames):
            process.stdin.write((light if frame in bright else dark).tobytes())
        process.stdin.close()
    if process.returncode:
        raise SystemExit("ffmpeg failed")


def write_dub(plan: Plan, path: Path) -> None:
    """Write the dub: silence that beeps at each flash, a part at a time."""
    starts = {round(frame / plan.rate * SOUND_HZ) for frame in plan.flashes}
    tone, at = beep(), 0
    with soundfile.SoundFile(path, "w", SOUND_HZ, 1, "PCM_16") as file:
        for start in sorted(starts):
            file.write(np.zeros(start - at, np.float32))
            file.write(tone)
            at = start + len(tone)
        file.write(np.zeros(round(plan.frames / plan.rate * SOUND_HZ) - at, np.float32))


def write_project(plan: Plan, dub: str, folder: Path) -> None:
    """Write source, dub, tables and config."""
    if not (folder / "source.mp4").exists():
        write_film(plan, folder / "unfinished.mp4")
        (folder / "unfinished.mp4").rename(folder / "source.mp4")
    tables: dict[str, list[tuple[str, ...]]] = {
        "videos": [
            ("video", "path", "consent", "cuts"),
            ("film", "source.mp4", CONSENT, "cuts.tsv"),
        ],
        "cuts": [("first_frame",), ("0",)],
        "dubs": [("video", "language", "audio", "kind"), ("film", "pt-BR", "dub.wav", dub)],
    }
    config = "videos: videos.tsv\ndubs: dubs.tsv\nnormalize:\n  frame_rate: source\n"
    if dub == "made":
        config += write_script(plan, tables, folder)
    else:
        write_dub(plan, folder / "dub.wav")
    for name, rows in tables.items():
        lines = ("\t".join(row) for row in rows)
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    (folder / "config.yaml").write_text(config)


def write_script(plan: Plan, tables: dict[str, list[tuple[str, ...]]], folder: Path) -> str:
    """Write scripts of a line at each flash, and the program that speaks by beeping."""
    take = 0.05 * np.sin(2 * np.pi * 200 * np.arange(SOUND_HZ) / SOUND_HZ)
    take[: len(beep())] = beep()  # as long as its slot, so that it is not stretched
    soundfile.write(folder / "beep.wav", take, SOUND_HZ, subtype="PCM_16")
    for name, words in (("source", "Now!"), ("target", "Agora!")):
        with (folder / f"{name}.srt").open("w") as file:
            for number, frame in enumerate(plan.flashes, 1):
                start_s = frame / plan.rate
                file.write(f"{number}\n{clock(start_s)} --> {clock(start_s + 1)}\n{words}\n\n")
    tables["videos"] = [
        ("video", "path", "consent", "cuts", "language", "script", "speakers"),
        ("film", "source.mp4", CONSENT, "cuts.tsv", "en", "source.srt", "1"),
    ]
    tables["dubs"] = [
        ("video", "language", "audio", "script"),
        ("film", "pt-BR", "", "target.srt"),
    ]
    argv = ["cp", str(folder / "beep.wav"), "{out}"]
    return (
        "speak:\n  use: [command]\n  synthesizers:\n    command:\n"
        f"      argv: {argv}\n      languages: [pt]\n"
    )


def clock(at_s: Fraction) -> str:
    """A time as SRT has it."""
    ms = round(at_s * 1000)
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"


def run(folder: Path, cores: int, skip_guard: bool) -> float:
    """Run the workflow; the seconds it took."""
    began = time.monotonic()
    if skip_guard:
        snakemake(folder, cores, "--", "results/film/_shared/boundaries.tsv")
        write_guards(folder / "results" / "film" / "_shared")
        # What was not made by a job counts as made as long as it is newer than what it is made of.
        snakemake(folder, cores, "--rerun-triggers", "mtime")
    else:
        call([sys.executable, "-m", "mouthpiece", "run", "--cores", str(cores)], folder)
    return time.monotonic() - began


def snakemake(folder: Path, cores: int, *more: str) -> None:
    """Run the workflow as Snakemake alone does."""
    options = ("--configfile", "config.yaml", "--cores", str(cores), "--quiet", "all")
    file = str(ROOT / "Snakefile")
    call([sys.executable, "-m", "snakemake", "--snakefile", file, *options, *more], folder)


def call(command: list[str], folder: Path) -> None:
    """Run a program in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise SystemExit(f"the run in {folder} failed")


def write_guards(shared: Path) -> None:
    """Write the guard's verdict on each cut: there is no face."""
    from mouthpiece.core.cuts import read_boundaries
    from mouthpiece.core.files import write_json
    from mouthpiece.faces.track import Track
    from mouthpiece.scorers.speaking import nothing_known

    for cut in read_boundaries(shared / "boundaries.tsv"):
        folder = shared / "cuts" / cut.cut
        folder.mkdir(parents=True, exist_ok=True)
        Track.empty().save(folder / "spoken.npz")
        zeros = dict.fromkeys(MEASURES, 0) | {"frames": cut.frames, "nearest_face": None}
        reason = {"code": "no_face", "value": 0, "limit": 0.9}
        verdict = {"verdict": "passthrough", "reasons": [reason], "measures": zeros}
        verdict |= {"contested": False, "redrawn": False, "speaker": nothing_known()}
        write_json(folder / "guard.json", verdict)


def seen(film: Path) -> tuple[int, list[tuple[int, float]]]:
    """How many frames a film has; and the number and the time of each frame that turns bright."""
    found, bright, frames = [], False, 0
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            low = frame.reformat(format="gray").to_ndarray()[-20:].mean() > BRIGHT
            if low and not bright:
                found.append((frames, float(frame.pts * stream.time_base)))
            bright, frames = low, frames + 1
    return frames, found


def heard(film: Path, times_s: list[float], scratch: Path) -> Iterator[float]:
    """When the beep near each time begins, in the container's seconds."""
    with av.open(str(film)) as container:
        stream = container.streams.audio[0]
        rate = stream.rate
        size = round((times_s[-1] + 10) * rate)
        sound = np.memmap(scratch, np.float32, "w+", shape=(size,))
        for frame in container.decode(stream):
            block = frame.to_ndarray().reshape(-1) if frame.format.is_packed else frame.to_ndarray()
            mono = block.max(axis=0) if block.ndim > 1 else block
            start = round(frame.pts * frame.time_base * rate)
            kept = mono[max(0, -start) : size - start]
            sound[max(0, start) : max(0, start) + len(kept)] = kept
    tone = beep() if rate == SOUND_HZ else np.interp(
        np.arange(round(BEEP_S * rate)) / rate, np.arange(len(beep())) / SOUND_HZ, beep()
    )  # fmt: skip
    for time_s in times_s:
        first = round((time_s - NEAR_S) * rate)
        part = np.asarray(sound[first : first + round((2 * NEAR_S + BEEP_S) * rate)])
        match = np.correlate(part, tone, "valid")
        yield (first + int(np.argmax(match))) / rate


def rules(folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds and the most MB of each rule."""
    found: dict[str, tuple[float, float]] = {}
    for table in (folder / "timings").rglob("*.tsv"):
        for row in csv.DictReader(table.open(), delimiter="\t"):
            seconds, most = found.get(table.stem, (0.0, 0.0))
            used = float(row["max_rss"]) if row["max_rss"] not in ("-", "NA") else 0
            found[table.stem] = (seconds + float(row["s"]), max(most, used))
    return found


def report(plan: Plan, folder: Path, dub: str, took_s: float) -> bool:
    """Measure a delivered film; whether it is in step."""
    film = folder / "results" / "film" / "pt-BR" / "film.pt-BR.mp4"
    frames, flashes = seen(film)
    beeps = list(heard(film, [time_s for _, time_s in flashes], folder / "sound.raw"))
    (folder / "sound.raw").unlink()
    errors_ms = 1000 * np.array([b - t for b, (_, t) in zip(beeps, flashes, strict=True)])
    minute = max(1, 60 // EVERY_S)
    drift_ms = float(np.median(errors_ms[-minute:]) - np.median(errors_ms[:minute]))
    right = [number for number, _ in flashes] == plan.flashes and frames == plan.frames
    worst_ms = float(np.abs(errors_ms).max())
    print(
        f"{dub} {plan.rate}: {frames} frames of {plan.frames}, {len(flashes)} flashes, "
        f"{'all in their frames' if right else 'NOT IN THEIR FRAMES'}; beeps off by "
        f"{np.median(errors_ms):+.2f} ms, at most {worst_ms:.2f} ms; drift {drift_ms:+.2f} ms; "
        f"run {took_s:.0f} s"
    )
    for rule, (seconds, most) in sorted(rules(folder).items(), key=lambda item: -item[1][0]):
        print(f"    {rule:12} {seconds:8.1f} s {most:7.0f} MB")
    return right and worst_ms <= 5 and abs(drift_ms) < 1000 / float(plan.rate)


def main() -> None:
    """Make and measure the films."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rates", nargs="+", default=list(RATES))
    parser.add_argument(
        "--dub", nargs="+", default=["dialogue"], choices=["dialogue", "made", "mix"]
    )
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--skip-guard", action="store_true")
    options = parser.parse_args()
    good = []
    with tempfile.TemporaryDirectory() as scratch:
        for rate in map(Fraction, options.rates):
            plan = Plan(rate, round(options.minutes * 60 * rate))
            for dub in options.dub:
                name = f"{str(rate).replace('/', '_')}_{options.minutes:g}min_{dub}"
                folder = (options.folder or Path(scratch)).resolve() / name
                folder.mkdir(parents=True, exist_ok=True)
                write_project(plan, dub, folder)
                good.append(
                    report(plan, folder, dub, run(folder, options.cores, options.skip_guard))
                )
    raise SystemExit(0 if all(good) else "not in step")


if __name__ == "__main__":
    main()
