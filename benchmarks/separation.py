"""How well and how fast voices are separated, and with how much memory.

    python benchmarks/separation.py quality [--separators spleeter] [--lines 20]
    python benchmarks/separation.py memory [--separator spleeter] [--minutes 6 60]

`quality`: sentences of `spoken_set` over its music, which is spread over stereo, at 0, 6 and 12 dB
and at two levels. Prints the SDR of voice and background (the power of what is wanted over that of
the error, in dB) before and after, and processor seconds a second of sound.

`memory`: separates so many minutes in a process of its own, and prints its peak resident memory,
its wall time and its processor time. The sound is noise and tones with pauses, 48 kHz, stereo.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow_scripts"))

from mouthpiece.media.flac import FlacWriter  # noqa: E402
from mouthpiece.separation.registry import separator_settings  # noqa: E402
from mouthpiece.separation.sound import FULL_SCALE, Sound  # noqa: E402

RATE_HZ = 48000
LEVELS_DB = (0, 6, 12)
PEAKS_DBFS = (-3, -26)
SPREAD_MS = 7.5
"""By how much later the music comes on the right."""


def sdr_db(wanted: np.ndarray, found: np.ndarray) -> float:
    """The power of a sound over that of the error, in dB."""
    return 10 * float(np.log10(np.square(wanted).sum() / np.square(wanted - found).sum()))


def measure_quality(separators: list[str], lines: int) -> None:
    """Print the SDR of each separator at each level."""
    from dataclasses import replace

    from spoken_set import SETS, music, speech

    chosen = SETS["reported"]
    spoken, _ = speech(replace(chosen, lines=chosen.lines[:lines]))
    tune = music(len(spoken), chosen.seed)
    voice = np.stack([spoken, spoken], 1).astype(float)
    spread = np.stack([tune, np.roll(tune, round(SPREAD_MS * RATE_HZ / 1000))], 1).astype(float)
    print(f"{len(spoken) / RATE_HZ:.0f} s, {lines} lines, {os.cpu_count()} cores")
    print("separator  level  peak   voice before  after   background before  after   CPU s/s")
    for name in separators:
        for level_db in LEVELS_DB:
            for peak_dbfs in PEAKS_DBFS:
                _measure(name, voice, spread * 10 ** (-level_db / 20), level_db, peak_dbfs)


def _measure(
    name: str, voice: np.ndarray, background: np.ndarray, level_db: int, peak_dbfs: int
) -> None:
    mixed = voice + background
    scale = 10 ** (peak_dbfs / 20) / np.abs(mixed).max()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.flac"
        with FlacWriter(path, RATE_HZ, "stereo") as file:
            file.add(mixed * scale)
        begun_s = time.process_time()
        stems = list(separator_settings()[name]().build().stems(Sound(path)))
        taken_s = time.process_time() - begun_s
    found = [np.concatenate([getattr(one, stem) for one in stems]) / FULL_SCALE for stem in STEMS]
    wanted = [voice * scale, background * scale]
    before = [sdr_db(one, mixed * scale) for one in wanted]
    after = [sdr_db(*pair) for pair in zip(wanted, found, strict=True)]
    print(
        f"{name:9}  {level_db:5}  {peak_dbfs:4}   {before[0]:12.1f}  {after[0]:5.1f}   "
        f"{before[1]:17.1f}  {after[1]:5.1f}   {taken_s * RATE_HZ / len(mixed):7.3f}",
        flush=True,
    )


STEMS = ("voice", "background")


def measure_memory(separator: str, minutes: list[int]) -> None:
    """Print the peak memory of separating sounds of several lengths."""
    print("minutes  peak MB  wall s  CPU s  CPU s/s", flush=True)
    for length in minutes:
        with tempfile.TemporaryDirectory() as folder:
            _write_sound(Path(folder) / "source.flac", length)
            command = [sys.executable, __file__, "one", "--separator", separator]
            begun_s = time.monotonic()
            with subprocess.Popen([*command, "--folder", folder]) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            taken_s = time.monotonic() - begun_s
            if process.returncode:
                raise SystemExit(f"it failed at {length} minutes")
        cpu_s = usage.ru_utime + usage.ru_stime
        print(
            f"{length:7}  {usage.ru_maxrss / 1024:7.0f}  {taken_s:6.0f}  {cpu_s:5.0f}  "
            f"{cpu_s / (60 * length):7.3f}",
            flush=True,
        )


def _write_sound(path: Path, minutes: int) -> None:
    random, time_s = np.random.default_rng(1), np.arange(RATE_HZ) / RATE_HZ
    with FlacWriter(path, RATE_HZ, "stereo") as file:
        for second in range(60 * minutes):
            tone = 0.2 * np.sin(2 * np.pi * (110 + 7 * (second % 13)) * time_s)[:, None]
            file.add(tone + 0.05 * (second % 4 > 0) * random.standard_normal((RATE_HZ, 2)))


def separate_one(separator: str, folder: Path) -> None:
    """Run the stage in this process."""
    from mouthpiece.stages.separate import SeparateRequest, separate

    separate(
        SeparateRequest(
            source=folder / "source.flac",
            separator=separator,
            settings=separator_settings()[separator](),
            given=None,
            voice=folder / "voice.flac",
            background=folder / "background.flac",
            facts=folder / "separation.json",
        )
    )


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    quality = what.add_parser("quality")
    quality.add_argument("--separators", nargs="+", default=["spleeter"])
    quality.add_argument("--lines", type=int, default=20)
    memory = what.add_parser("memory")
    memory.add_argument("--separator", default="spleeter")
    memory.add_argument("--minutes", nargs="+", type=int, default=[6, 60])
    one = what.add_parser("one")
    one.add_argument("--separator", required=True)
    one.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    if options.what == "quality":
        measure_quality(options.separators, options.lines)
    elif options.what == "memory":
        measure_memory(options.separator, options.minutes)
    else:
        separate_one(options.separator, options.folder)


if __name__ == "__main__":
    main()
