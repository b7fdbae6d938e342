"""Memory and speed of the stages that hear a whole film, by its length.

    python benchmarks/sound_memory.py [--minutes 6 60] [--stages separate transcribe mix]

Sentences are spoken over tones, with pauses: 48 kHz, stereo. Each stage runs in a process of its
own with one thread, as in a job of the workflow. Prints its peak resident memory at each length,
how much more the longest takes than the shortest, and wall and processor seconds a second of sound.
`transcribe` and `mix` get the film's own stems: transcribe hears the sentences, and mix lays them
over the tones as the dub.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

RATE_HZ = 48_000
STAGES = ("separate", "transcribe", "mix")
LIMIT = 0.15
"""By how much more memory the longest film may take."""

SENTENCES = (
    "The train leaves at nine, and nobody waits for us.",
    "I have never seen the sea as quiet as today.",
    "Please close the window before it begins to rain.",
    "Four men carried the old piano up the stairs.",
)
EVERY_S = 8
"""How often a sentence begins."""


@dataclass(frozen=True)
class Cost:
    """What a stage took: peak resident MB, wall and processor seconds."""

    peak_mb: float
    wall_s: float
    processor_s: float


def sentences() -> list[np.ndarray]:
    """The sentences, spoken, at `RATE_HZ`, [N] float32 each."""
    from hibari import Hibari
    from scipy.signal import resample_poly

    voice = Hibari()
    return [resample_poly(voice(text, seed=1), 2, 1).astype(np.float32) for text in SENTENCES]


def write_sounds(folder: Path, minutes: float) -> None:
    """Write source, stems and dub of a film, a part at a time."""
    spoken = sentences()
    size = EVERY_S * RATE_HZ
    times = np.arange(size) / RATE_HZ
    chord = sum(0.03 * np.sin(2 * np.pi * hz * times) for hz in (220, 277, 330, 440))
    tones = np.stack([chord, np.roll(chord, 300)], 1)
    names = {"source": 2, "voice": 2, "background": 2, "dub": 1}
    files = {
        name: soundfile.SoundFile(folder / f"{name}.flac", "w", RATE_HZ, channels, "PCM_24")
        for name, channels in names.items()
    }
    for number in range(round(minutes * 60 / EVERY_S)):
        voice = np.zeros((size, 1))
        words = spoken[number % len(spoken)][: size - RATE_HZ]
        voice[RATE_HZ : RATE_HZ + len(words), 0] = words
        both = np.repeat(voice, 2, 1)
        parts = {"source": both + tones, "voice": both, "background": tones, "dub": voice}
        for name, part in parts.items():
            files[name].write(part)
    for file in files.values():
        file.close()


def run(stage: str, folder: Path, minutes: float) -> None:
    """Run a stage in this process."""
    {"separate": separated, "transcribe": transcribed, "mix": mixed}[stage](folder, minutes)


def separated(folder: Path, minutes: float) -> None:
    """Separate the source by the default separator."""
    from mouthpiece.project.spoken_settings import Separate
    from mouthpiece.stages.separate import SeparateRequest, separate

    chosen = Separate()
    out = [folder / f"separated.{name}" for name in ("voice.flac", "background.flac", "json")]
    source = folder / "source.flac"
    separate(SeparateRequest(source, chosen.separator, chosen.chosen, None, *out))


def transcribed(folder: Path, minutes: float) -> None:
    """Recognize the voice by the default recognizer."""
    from mouthpiece.project.spoken_settings import Transcribe
    from mouthpiece.stages.transcribe import TranscribeRequest, transcribe

    chosen = Transcribe()
    transcribe(
        TranscribeRequest(
            film="film",
            voice=folder / "voice.flac",
            language="en",
            speakers=0,
            script=None,
            recognizer_name=chosen.recognizer,
            recognizer=chosen.chosen,
            same_voice=chosen.same_voice,
            longest_line_s=chosen.longest_line_s,
            doubtful=chosen.doubtful.model_dump(),
            transcript=folder / "transcript.json",
        )
    )


def mixed(folder: Path, minutes: float) -> None:
    """Lay the dub over the background."""
    from mouthpiece.config.delivery import Delivery
    from mouthpiece.config.mix import Mix
    from mouthpiece.core.files import write_json
    from mouthpiece.stages.mix import Sounds, mix

    write_json(folder / "source.json", {"frames": round(minutes * 60 * 25), "rate": "25"})
    write_json(folder / "separation.json", {})
    names = "dub.flac", "background.flac", "voice.flac", "separation.json"
    mix(
        sounds=Sounds(*(folder / name for name in names)),
        source=folder / "source.json",
        policy="auto",
        delivery=Delivery(),
        settings=Mix(),
        mixed=folder / "mix.flac",
        facts=folder / "mix.json",
    )


def cost(stage: str, folder: Path, minutes: float) -> Cost:
    """Run a stage in a process of its own, and see what it takes."""
    command = [sys.executable, __file__, "--run", stage, "--folder", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    began = time.monotonic()
    process = subprocess.Popen([*command, "--minutes", str(minutes)], env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{stage} failed")
    took_s = time.monotonic() - began
    return Cost(used.ru_maxrss / 1024, took_s, used.ru_utime + used.ru_stime)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[6, 60])
    parser.add_argument("--stages", nargs="+", default=list(STAGES), choices=STAGES)
    parser.add_argument("--run", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        return run(options.run, options.folder, options.minutes[0])
    peaks: dict[str, list[float]] = {stage: [] for stage in options.stages}
    print("minutes  stage       peak MB   wall s/s  CPU s/s", flush=True)
    for minutes in options.minutes:
        with tempfile.TemporaryDirectory() as temporary:
            write_sounds(Path(temporary), minutes)
            for stage in options.stages:
                took = cost(stage, Path(temporary), minutes)
                peaks[stage].append(took.peak_mb)
                shares = took.wall_s / 60 / minutes, took.processor_s / 60 / minutes
                print(
                    f"{minutes:7g}  {stage:10} {took.peak_mb:8.0f} "
                    f"{shares[0]:10.3f} {shares[1]:8.3f}",
                    flush=True,
                )
    grown = {stage: found[-1] / found[0] - 1 for stage, found in peaks.items()}
    for stage, share in grown.items():
        print(f"{stage}: {share:+.1%} memory from {options.minutes[0]:g} min on")
    raise SystemExit(0 if max(grown.values()) <= LIMIT else "memory grows")


if __name__ == "__main__":
    main()
