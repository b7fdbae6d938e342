"""A film alone into another language, through the real command: how good is its sound?

    python benchmarks/dubbing.py --levels clean 12 6 0 --to pt-BR --lines 50 --cores 2

The film is a gray picture with the sound of `spoken_set.py`: three speakers, over music that is so
many dB softer. Its words, times and speakers are known, and no threshold was chosen on it. Each
level has a row: word error rate of the transcript, speakers right, takes within 80 ms of a slot,
overruns, heard-back error of the takes, verdicts, loudness, and the seconds of each stage.
Writes JSON with --out.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import jiwer
import soundfile
from spoken_set import RATE_HZ, SETS, SaidLine, SpokenSet, mixed, music, speech

from mouthpiece.core.files import read_json
from mouthpiece.media.ffmpeg import ffmpeg

SPOKEN = ("separate", "transcribe", "translate", "script", "speak", "dub", "mix", "lines")
NEAR_S = 0.08
"""The slot fit that the project reports: how far a take may begin or end from its slot."""


def main() -> None:
    """Print a row for each level."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--levels", nargs="+", default=["clean", "12", "6", "0"])
    parser.add_argument("--to", default="pt-BR")
    parser.add_argument("--lines", type=int, default=50)
    parser.add_argument("--cores", default="2")
    parser.add_argument("--separator", default="spleeter")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    chosen = SETS["reported"]
    chosen = SpokenSet(chosen.lines[: options.lines], chosen.voices, chosen.seed)
    voice, said = speech(chosen)
    tune = music(len(voice), chosen.seed)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for level in options.levels:
            sound = mixed(voice, tune, None if level == "clean" else float(level))
            job = Path(folder) / level
            seconds = localize(job, sound, options)
            found[level] = {"run_s": round(seconds, 1), **measured(job, said, options.to)}
            print(level, json.dumps(found[level]))
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")


def localize(job: Path, sound: Any, options: argparse.Namespace) -> float:
    """Make the film of a level. Returns the seconds that it took."""
    job.mkdir()
    soundfile.write(job / "sound.wav", sound, RATE_HZ)
    picture = f"color=gray:size=160x90:rate=25:duration={len(sound) / RATE_HZ:.3f}"
    ffmpeg(["-f", "lavfi", "-i", picture, "-i", str(job / "sound.wav"), "-c:v", "libx264",
            "-c:a", "aac", "-b:a", "192k", "-shortest", str(job / "film.mp4")])  # fmt: skip
    (job / "config.yaml").write_text(
        f"videos: videos.tsv\ndubs: dubs.tsv\nseparate: {{separator: {options.separator}}}\n"
    )
    command = [sys.executable, "-m", "mouthpiece", "localize", "film.mp4", "--out", "."]
    command += ["--to", options.to, "--cores", options.cores, "--consent", "synthetic voices"]
    start = time.monotonic()
    done = subprocess.run(command, cwd=job, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.monotonic() - start


def measured(job: Path, said: list[SaidLine], language: str) -> dict[str, Any]:
    """What came of a level."""
    shared, film = job / "results" / "film" / "_shared", job / "results" / "film" / language
    segments = read_json(shared / "transcript.json")["segments"]
    takes = read_json(film / "takes.json")
    with (film / "lines.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    heard_back = [float(line["heard_error"]) for line in lines if line["heard_error"]]
    rate = takes["sample_rate_hz"]
    fits = [abs(take["samples"] - take["slot_samples"]) / rate for take in takes["takes"]]
    return {
        "word_error_rate": round(_word_error_rate(said, segments), 3),
        "speakers_right": round(_speakers_right(said, segments), 3),
        "lines": len(lines),
        "within_80_ms": round(sum(fit <= NEAR_S for fit in fits) / max(1, len(fits)), 3),
        "overruns": sum(take["overrun_s"] > 0 for take in takes["takes"]),
        "heard_back_error": round(sum(heard_back) / max(1, len(heard_back)), 3),
        "verdicts": Counter(line["verdict"] for line in lines),
        "loudness": read_json(film / "mix.json"),
        "stages_s": _stage_seconds(job),
    }


def _word_error_rate(said: list[SaidLine], segments: list[dict[str, Any]]) -> float:
    return jiwer.wer(
        _plain(" ".join(line.text for line in said)),
        _plain(" ".join(segment["text"] for segment in segments)),
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def _speakers_right(said: list[SaidLine], segments: list[dict[str, Any]]) -> float:
    """The share of lines whose speaker is right, with the best naming of the speakers found."""

    def heard(line: SaidLine) -> str:
        def overlap_s(one: dict[str, Any]) -> float:
            return min(line.end_s, one["end_s"]) - max(line.start_s, one["start_s"])

        best = max(segments, key=overlap_s, default=None)
        return best["speaker"] if best and overlap_s(best) > 0 else ""

    pairs = [(line.speaker, heard(line)) for line in said]
    names = sorted({name for _, name in pairs if name} | {"?1", "?2", "?3"})
    return max(
        sum(order[speaker - 1] == name for speaker, name in pairs)
        for order in permutations(names, 3)
    ) / len(pairs)


def _stage_seconds(job: Path) -> dict[str, float]:
    found = {}
    for table in sorted((job / "timings" / "film").rglob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as file:
            found[table.stem] = float(next(csv.DictReader(file, delimiter="\t"))["s"])
    return {rule: round(found[rule], 1) for rule in SPOKEN if rule in found}


if __name__ == "__main__":
    main()
