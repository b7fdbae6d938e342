"""Is a film as loud as it should be? Three meters, before and after AAC; and the memory of a mix.

    python benchmarks/loudness.py [--seconds 20] [--speech SPEECH.wav]
    python benchmarks/loudness.py --memory [--minutes 6 60]

Speech over music, music alone, near silence, and speech over 5.1 are mixed to each target. The mix
is measured by the project's meter, by ffmpeg's `ebur128` and by pyloudnorm; ffmpeg measures its AAC
as well, with the gain by which a film makes up for what the codec took. Without --speech, bursts of
noise with the rhythm of syllables speak.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts")]

from mouthpiece.audio.film_loudness import FilmLoudness, measure_loudness  # noqa: E402
from mouthpiece.config.delivery import Delivery  # noqa: E402
from mouthpiece.config.mix import Mix  # noqa: E402
from mouthpiece.core.files import read_json, write_json  # noqa: E402
from mouthpiece.media.ffmpeg import ffmpeg  # noqa: E402
from mouthpiece.stages.mix import Sounds, mix  # noqa: E402

RATE = 48_000
MATERIALS = {"speech": 2, "music": 2, "near silence": 2, "speech, 5.1": 6}
TARGETS = ("ebu_r128", "streaming", "netflix")
BITRATES_KBPS = {2: 192, 6: 384}


def syllables(seconds: float, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Bursts of noise, five a second, with a pause in each three seconds; second by second."""
    for second in range(round(seconds)):
        t = np.arange(RATE) / RATE
        envelope = np.abs(np.sin(2 * np.pi * 2.5 * t)) * (second % 3 != 2)
        yield 0.12 * envelope * rng.normal(size=RATE)


def chords(seconds: float, channels: int) -> Iterator[np.ndarray]:
    """A chord that swells, [N, C]; second by second."""
    for second in range(round(seconds)):
        t = second + np.arange(RATE) / RATE
        tones = [
            sum(np.sin(2 * np.pi * hz * (t + c / 50)) for hz in (110, 277, 440, 1320))
            for c in range(channels)
        ]
        yield 0.05 * np.stack(tones, 1) * (1 + 0.5 * np.sin(t))[:, None]


def write_sounds(folder: Path, material: str, seconds: float, speech: Path | None) -> Sounds:
    """Write dub and background of a kind."""
    channels, rng = MATERIALS[material], np.random.default_rng(0)
    factor = 10 ** (-40 / 20) if material == "near silence" else 1.0
    with soundfile.SoundFile(folder / "dub.flac", "w", RATE, 1, "PCM_16") as dub:
        if speech:
            ffmpeg(["-i", str(speech), "-ac", "1", "-ar", str(RATE), str(folder / "speech.wav")])
            samples, rate = soundfile.read(folder / "speech.wav")
            dub.write(factor * np.resize(samples, round(seconds * rate)) * (material != "music"))
        else:
            for second in syllables(seconds, rng):
                dub.write(factor * second * (material != "music"))
    with soundfile.SoundFile(folder / "background.flac", "w", RATE, channels, "PCM_16") as music:
        for block in chords(seconds, channels):
            music.write(factor * block)
    write_json(folder / "separation.json", {"background_holds_voice": False})
    write_json(folder / "source.json", {"rate": "25", "frames": round(25 * seconds)})
    names = ("dub.flac", "background.flac")
    return Sounds(*(folder / name for name in names), None, folder / "separation.json")


def make_mix(folder: Path, sounds: Sounds, target: str) -> dict:
    """Mix to a target; what was done."""
    mix(
        sounds=sounds,
        source=folder / "source.json",
        policy="auto",
        delivery=Delivery(),
        settings=Mix(loudness=target),
        mixed=folder / "mix.flac",
        facts=folder / "mix.json",
    )
    return dict(read_json(folder / "mix.json"))


def by_pyloudnorm(file: Path) -> float:
    """The gated loudness of a file by pyloudnorm, in LUFS."""
    samples, rate = soundfile.read(file, always_2d=True)
    if samples.shape[1] == 6:
        samples = samples[:, [0, 1, 2, 4, 5]]
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))


def encoded(folder: Path, bitrate_kbps: int) -> tuple[FilmLoudness, float]:
    """The loudness of a mix as AAC, as stage `sound` encodes it, and the gain that it needed."""
    film, facts, gain_db = folder / "film.m4a", folder / "mix.json", 0.0
    for _ in range(2):
        volume = ["-af", f"volume={gain_db:.2f}dB"] if gain_db else []
        codec = ["-c:a", "aac", "-b:a", f"{bitrate_kbps}k"]
        ffmpeg(["-i", str(folder / "mix.flac"), *volume, *codec, str(film)])
        measured = measure_loudness(film, facts)
        gain_db = gain_db or measured.missing_lu
        if not gain_db:
            break
    return measured, gain_db


def print_figures(seconds: float, speech: Path | None) -> None:
    """Print a row for each kind and target."""
    print(
        "| material | target | own meter | ffmpeg | pyloudnorm | true peak |"
        " after AAC | its gain | its true peak | notes |"
    )
    print("| --- " * 10 + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for material, channels in MATERIALS.items():
            sounds = write_sounds(folder, material, seconds, speech)
            for target in TARGETS:
                made = make_mix(folder, sounds, target)
                before = measure_loudness(folder / "mix.flac", folder / "mix.json")
                after, gain_db = encoded(folder, BITRATES_KBPS[channels])
                codes = [row["code"] for row in made["notes"]] + [n.code for n in after.notes]
                print(
                    f"| {material} | {target} | {made['lufs']:.1f} | {before.counted_lufs:.1f}"
                    f" | {by_pyloudnorm(folder / 'mix.flac'):.1f} | {before.true_peak_dbtp:.1f}"
                    f" | {after.counted_lufs:.1f} | {gain_db:+.1f} | {after.true_peak_dbtp:.1f}"
                    f" | {', '.join(codes)} |",
                    flush=True,
                )


def print_memory(minutes: list[float]) -> None:
    """Print peak memory and time of a mix for each length, each in a process of its own."""
    print("| minutes | peak MB | seconds | real-time factor |")
    print("| --- " * 4 + "|")
    for length in minutes:
        with tempfile.TemporaryDirectory() as name:
            write_sounds(Path(name), "speech", 60 * length, None)
            begin_s = time.monotonic()
            done = subprocess.run(
                [sys.executable, __file__, "--one", name], check=True, capture_output=True
            )
            took_s = time.monotonic() - begin_s
        print(f"| {length:g} | {int(done.stdout)} | {took_s:.0f} | {took_s / 60 / length:.3f} |")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--minutes", type=float, nargs="+", default=[6, 60])
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        folder = options.one
        names = ("dub.flac", "background.flac")
        files = (folder / name for name in names)
        make_mix(folder, Sounds(*files, None, folder / "separation.json"), "streaming")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    elif options.memory:
        print_memory(options.minutes)
    else:
        print_figures(options.seconds, options.speech)


if __name__ == "__main__":
    main()
