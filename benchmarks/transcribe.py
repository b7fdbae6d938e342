"""How well speech over music is written down, and with how much time and memory.

    python benchmarks/transcribe.py quality [--set tuning|reported] [--levels clean 12 6 0]
        [--separators off spleeter] [--size base]
    python benchmarks/transcribe.py memory [--minutes 6 60]

`quality`: a set of `spoken_set` at each level of speech over music in dB, as it is and with the
voice separated from the music. Prints the word error rate, the share of speech whose speaker is
right (the speakers that are found are matched with the true ones so that most is right), how many
speakers are found, the median error of a line's start and end, and processor seconds a second of
sound. Thresholds are chosen on `tuning`; `reported` has other sentences and other voices.

`memory`: the set `reported`, repeated, in a process of its own. Prints its peak resident memory and
its processor time.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from scipy.optimize import linear_sum_assignment

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow_scripts"))

from spoken_set import RATE_HZ, SETS, SaidLine, mixed, music, speech  # noqa: E402

from mouthpiece.project.spoken_settings import Separate, Transcribe  # noqa: E402
from mouthpiece.stages.transcribe import TranscribeRequest, transcribe  # noqa: E402
from mouthpiece.text.doubts import plain  # noqa: E402
from mouthpiece.text.transcript import Transcript, read_transcript  # noqa: E402


def transcript_of(sound: Path, folder: Path, size: str) -> tuple[Transcript, float]:
    """Transcribe a sound by the default settings. Also returns processor seconds."""
    section = Transcribe()
    settings = section.chosen.model_copy(update={"size": size})
    began = time.process_time()
    request = TranscribeRequest(
        film=sound.stem,
        voice=sound,
        language="",
        speakers=0,
        script=None,
        recognizer_name=section.recognizer,
        recognizer=settings,
        same_voice=section.same_voice,
        longest_line_s=section.longest_line_s,
        doubtful=section.doubtful.model_dump(),
        transcript=folder / "transcript.json",
    )
    transcribe(request)
    return read_transcript(request.transcript), time.process_time() - began


def voice_of(sound: Path, folder: Path, separator: str) -> Path:
    """Separate the voice from a sound."""
    from mouthpiece.stages.separate import SeparateRequest, separate

    voice = folder / "voice.flac"
    separate(
        SeparateRequest(
            source=sound,
            separator=separator,
            settings=Separate().separators.of(separator),
            given=None,
            voice=voice,
            background=folder / "background.flac",
            facts=folder / "separation.json",
        )
    )
    return voice


def word_error_rate(said: Sequence[SaidLine], found: Transcript) -> float:
    """The share of words that are wrong, missing or added."""
    import jiwer

    given, heard = (
        plain(" ".join(line.text for line in lines)) for lines in (said, found.segments)
    )
    return float(jiwer.wer(given, heard))


def speakers_right(said: Sequence[SaidLine], found: Transcript) -> float:
    """The share of the time of speech whose speaker is right, at the best match of names."""
    names = [speaker.speaker for speaker in found.speakers]
    shared = np.zeros((3, len(names)))
    for line in said:
        for segment in found.segments:
            overlap = min(line.end_s, segment.end_s) - max(line.start_s, segment.start_s)
            if overlap > 0:
                shared[line.speaker - 1, names.index(segment.speaker)] += overlap
    rows, columns = linear_sum_assignment(-shared)
    return float(shared[rows, columns].sum() / shared.sum())


def edge_error_ms(said: Sequence[SaidLine], found: Transcript) -> float:
    """The median distance from a line's start and end to the nearest of the transcript, in ms."""
    errors = []
    for key in ("start_s", "end_s"):
        edges = np.array([getattr(segment, key) for segment in found.segments])
        errors += [float(np.abs(edges - getattr(line, key)).min()) for line in said]
    return 1000 * float(np.median(errors))


def measure_quality(name: str, levels: Sequence[str], separators: Sequence[str], size: str) -> None:
    """Print what is found at each level."""
    voice, said = speech(SETS[name])
    tune = music(len(voice), SETS[name].seed)
    seconds = len(voice) / RATE_HZ
    print(f"set {name}: {len(said)} lines, 3 speakers, {seconds:.0f} s; whisper {size}")
    print("level   separator  WER %  speakers right %  speakers  edges ms  CPU s/s")
    for level in levels:
        for separator in separators:
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                sound = folder / "source.flac"
                heard = mixed(voice, tune, None if level == "clean" else float(level))
                heard = np.stack([heard, heard], 1) * min(1.0, 0.99 / np.abs(heard).max())
                soundfile.write(sound, heard, RATE_HZ, subtype="PCM_24")
                if separator != "off":
                    sound = voice_of(sound, folder, separator)
                found, spent_s = transcript_of(sound, folder, size)
            print(
                f"{level:7} {separator:9} {100 * word_error_rate(said, found):6.1f}"
                f" {100 * speakers_right(said, found):12.1f} {len(found.speakers):13}"
                f" {edge_error_ms(said, found):10.0f} {spent_s / seconds:9.2f}",
                flush=True,
            )


def measure_memory(minutes: Sequence[float]) -> None:
    """Print the memory of transcribing so many minutes."""
    voice, _ = speech(SETS["reported"])
    for length in minutes:
        with tempfile.TemporaryDirectory() as temporary:
            sound = Path(temporary) / "voice.flac"
            with soundfile.SoundFile(sound, "w", RATE_HZ, 1, "PCM_16") as file:
                for _ in range(round(length * 60 * RATE_HZ / len(voice))):
                    file.write(voice)
            command = [sys.executable, __file__, "one", str(sound)]
            print(f"{length:g} minutes:", end=" ", flush=True)
            subprocess.run(command, check=True)


def measure_one(sound: Path) -> None:
    """Transcribe one file, and print what it took."""
    with tempfile.TemporaryDirectory() as temporary:
        found, spent_s = transcript_of(sound, Path(temporary), "base")
    facts = {
        "lines": len(found.segments),
        "speakers": len(found.speakers),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "cpu_s_per_s": round(spent_s / soundfile.info(sound).duration, 3),
    }
    print(json.dumps(facts), flush=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    quality = commands.add_parser("quality")
    quality.add_argument("--set", choices=sorted(SETS), default="reported")
    quality.add_argument("--levels", nargs="+", default=["clean", "12", "6", "0"])
    quality.add_argument("--separators", nargs="+", default=["off", "spleeter"])
    quality.add_argument("--size", default="base")
    memory = commands.add_parser("memory")
    memory.add_argument("--minutes", nargs="+", type=float, default=[6, 60])
    commands.add_parser("one").add_argument("sound", type=Path)
    options = parser.parse_args()
    if options.command == "quality":
        measure_quality(options.set, options.levels, options.separators, options.size)
    elif options.command == "memory":
        measure_memory(options.minutes)
    else:
        measure_one(options.sound)


if __name__ == "__main__":
    main()
