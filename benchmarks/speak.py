"""Measure the voices of made dubs: how fast they speak, what is heard of it, how lines fit.

    python benchmarks/speak.py voices [--languages pt-BR es] [--sentences 3] [--guests 6]
    python benchmarks/speak.py fit [--set reported] [--language pt-BR]
    python benchmarks/speak.py pitch

`voices` prints, for each voice of kokoro in its languages, the CPU seconds for a second of speech,
and the character error rate of what Whisper hears; with `--guests`, also for so many voices of
other languages. `fit` translates and speaks a set of lines (`spoken_set.py`) into the slots of the
original, and prints the share that fits within 80 ms, overruns, the rates, what is heard of the
takes, and how far their onsets are from the slots'. `pitch` measures the voices and writes the
tables voices.tsv of kokoro and espeak.
"""

import argparse
import json
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import soundfile
from scipy.signal import resample_poly
from spoken_set import RATE_HZ, SETS, SaidLine, speech

from mouthpiece.audio.pitch import median_pitch_hz
from mouthpiece.config.fit import Fit
from mouthpiece.core.files import write_text
from mouthpiece.recognition.base import SAMPLE_RATE, Recognizer
from mouthpiece.recognition.registry import recognizer_settings
from mouthpiece.services.store import AnswerStore
from mouthpiece.stages.made_dub import write_made_dub
from mouthpiece.stages.speak import Chosen, SpeakRequest, speak
from mouthpiece.text.script import ScriptLine, write_script
from mouthpiece.text.transcript import Speaker, Transcript, write_transcript
from mouthpiece.translation.base import Line
from mouthpiece.translation.registry import translator_settings
from mouthpiece.voices.base import Sound
from mouthpiece.voices.fitting import FITS_S
from mouthpiece.voices.registry import synthesizer_settings
from mouthpiece.voices.takes import read_takes
from mouthpiece.voices.trim import speech_bounds

SENTENCES = {
    "en-US": (
        "The water in the harbor was colder than anyone remembered.",
        "Nobody had told me that the door was open.",
        "We should be home before the rain begins.",
    ),
    "es": (
        "El agua del puerto estaba más fría de lo que nadie recordaba.",
        "Nadie me había dicho que la puerta estaba abierta.",
        "Deberíamos llegar a casa antes de que empiece la lluvia.",
    ),
    "fr": (
        "L'eau du port était plus froide que dans nos souvenirs.",
        "Personne ne m'avait dit que la porte était ouverte.",
        "Nous devrions rentrer à la maison avant la pluie.",
    ),
    "pt-BR": (
        "A água do porto estava mais fria do que todos lembravam.",
        "Ninguém tinha me dito que a porta estava aberta.",
        "Devemos chegar em casa antes de a chuva começar.",
    ),
    "it": (
        "L'acqua del porto era più fredda di quanto tutti ricordassero.",
        "Nessuno mi aveva detto che la porta era aperta.",
        "Dovremmo essere a casa prima che cominci la pioggia.",
    ),
    "hi": (
        "बंदरगाह का पानी बहुत ठंडा था।",
        "मुझे किसी ने नहीं बताया कि दरवाजा खुला है।",
        "हमें बारिश से पहले घर पहुंचना चाहिए।",
    ),
}
SENTENCES["en-GB"] = SENTENCES["en-US"]

FPS = 25

HEADER = "voice\tlanguage\tsex\tpitch_hz\n"


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    voices = commands.add_parser("voices")
    voices.add_argument("--languages", nargs="+", default=list(SENTENCES), choices=SENTENCES)
    voices.add_argument("--sentences", type=int, default=3)
    voices.add_argument("--guests", type=int, default=0)
    fit = commands.add_parser("fit")
    fit.add_argument("--set", default="reported", choices=SETS)
    fit.add_argument("--language", default="pt-BR")
    commands.add_parser("pitch")
    options = parser.parse_args()
    if options.command == "voices":
        for language in options.languages:
            measure_voices(language, options.sentences, options.guests)
    elif options.command == "fit":
        measure_fit(options.set, options.language)
    else:
        for name in ("kokoro", "espeak"):
            measure_pitch(name)


def measure_voices(language: str, sentences: int, guests: int) -> None:
    """Print how fast each voice speaks, and what is heard of it."""
    settings, recognizer = synthesizer_settings()["kokoro"](), _recognizer()
    synthesizer = settings.build()
    offered = settings.voices(language)
    chosen = [voice for voice in offered if not voice.is_guest]
    others = [voice for voice in offered if voice.is_guest]
    if guests:
        chosen += others[:: max(1, len(others) // guests)][:guests]
    for voice in chosen:
        errors, spoken_s, cpu_s = [], 0.0, 0.0
        for text in SENTENCES[language][:sentences]:
            begun = time.process_time()
            sound = synthesizer.speak(text, language, voice.name, 1.0)
            cpu_s += time.process_time() - begun
            spoken_s += len(sound.samples) / sound.sample_rate_hz
            errors.append(_error_rate(recognizer, sound, text, language))
        kind = "guest" if voice.is_guest else "own"
        print(
            f"{language}\t{voice.name}\t{kind}\tCER {np.mean(errors):.3f}\t"
            f"{cpu_s / spoken_s:.2f} CPU s/s",
            flush=True,
        )


def measure_fit(name: str, language: str) -> None:
    """Print how the lines of a set fit their slots in another language."""
    sound, said = speech(SETS[name])
    targets = _translated([line.text for line in said], language)
    with tempfile.TemporaryDirectory() as folder:
        request = _request(Path(folder), sound, said, targets, language)
        begun = time.process_time()
        speak(request)
        cpu_s = time.process_time() - begun
        dub = request.takes.with_name("dub.flac")
        write_made_dub(request.takes, request.facts, dub, dub.with_suffix(".json"))
        takes = read_takes(request.takes).takes
        laid, rate_hz = soundfile.read(dub, dtype="float32")
        recognizer = _recognizer()
        errors, onsets_ms = [], []
        for take, text in zip(takes, targets, strict=True):
            samples = soundfile.read(request.takes.parent / take.file, dtype="float32")[0]
            errors.append(_error_rate(recognizer, Sound(samples, rate_hz), text, language))
            part = laid[take.start_sample : take.start_sample + take.samples]
            onsets_ms.append(1000 * speech_bounds(part, rate_hz)[0] / rate_hz)
    off_s = np.array([(take.samples - take.slot_samples) / rate_hz for take in takes])
    overruns = [take.overrun_s for take in takes if take.overrun_s > 0]
    rates = [take.rate for take in takes]
    result: dict[str, Any] = {
        "lines": len(takes),
        "within 80 ms": round(float(np.mean(np.abs(off_s) <= FITS_S)), 3),
        "shorter": int(np.sum(off_s < -FITS_S)),
        "into the pause": int(sum(take.borrowed_pause_s > FITS_S for take in takes)),
        "overruns": len(overruns),
        "longest overrun s": round(max(overruns, default=0.0), 2),
        "rates": [round(float(np.quantile(rates, q)), 2) for q in (0, 0.5, 1)],
        "heard-back CER, median": round(float(np.median(errors)), 3),
        "heard-back CER, mean": round(float(np.mean(errors)), 3),
        "latest onset ms": round(max(onsets_ms), 1),
        "voices": sorted({take.voice for take in takes}),
        "CPU s per s of takes": round(cpu_s / sum(t.samples / rate_hz for t in takes), 2),
    }
    print(json.dumps(result, indent=1, ensure_ascii=False))
    worst = sorted(zip(errors, takes, targets, strict=True), key=lambda row: row[0])[-5:]
    for error, take, text in worst:
        print(f"{error:.2f}\trate {take.rate}\tstretch {take.stretch}\t{take.flags}\t{text}")


def measure_pitch(name: str) -> None:
    """Measure the pitch of a synthesizer's voices, and write its table."""
    settings = synthesizer_settings()[name]()
    synthesizer = settings.build()
    module = sys.modules[type(settings).__module__]
    table = Path(str(module.__file__)).with_name("voices.tsv")
    rows = []
    for line in table.read_text(encoding="utf-8").splitlines()[1:]:
        voice, language, sex, _ = line.split("\t")
        spoken = language if language in SENTENCES else "en-US"
        sound = synthesizer.speak(SENTENCES[spoken][0], spoken, voice, 1.0)
        rows.append(f"{voice}\t{language}\t{sex}\t{median_pitch_hz(_heard(sound)):.0f}")
        print(rows[-1], flush=True)
    write_text(table, HEADER + "\n".join(rows) + "\n")


def _recognizer() -> Recognizer:
    built: Recognizer = recognizer_settings()["faster_whisper"]().build()
    return built


def _error_rate(recognizer: Recognizer, sound: Sound, text: str, language: str) -> float:
    """The character error rate of what is heard, without case and punctuation."""
    heard = " ".join(s.text for s in recognizer.transcribe(_heard(sound), language))
    return float(jiwer.cer(_plain(text), _plain(heard)))


def _plain(text: str) -> str:
    kept = (c if c.isalnum() or c.isspace() else " " for c in text.lower())
    return " ".join("".join(kept).split())


def _heard(sound: Sound) -> np.ndarray:
    ratio = Fraction(SAMPLE_RATE, sound.sample_rate_hz)
    return resample_poly(sound.samples, ratio.numerator, ratio.denominator).astype(np.float32)


def _translated(texts: list[str], language: str) -> list[str]:
    translator = translator_settings()["bergamot"]().build()
    with tempfile.TemporaryDirectory() as folder:
        store = AnswerStore(Path(folder), ".json")
        lines = [Line(text) for text in texts]
        return [one.target for one in translator.translate(lines, "en", language, store)]


def _request(
    folder: Path, sound: np.ndarray, said: list[SaidLine], targets: list[str], language: str
) -> SpeakRequest:
    """What the stage would be asked in a workflow, with the true times and pitches."""
    rows, speakers = [], []
    for line, target in zip(said, targets, strict=True):
        first, end = round(line.start_s * FPS), round(line.end_s * FPS)
        name = f"{first:06d}-{end - 1:06d}"
        rows.append(ScriptLine(name, f"S{line.speaker}", first, end, line.text, target))
    for number in sorted({line.speaker for line in said}):
        own = [line for line in said if line.speaker == number]
        parts = [sound[int(s.start_s * RATE_HZ) : int(s.end_s * RATE_HZ)] for s in own[:3]]
        pitch_hz = median_pitch_hz(_heard(Sound(np.concatenate(parts), RATE_HZ)))
        speech_s = sum(line.end_s - line.start_s for line in own)
        speakers.append(Speaker(f"S{number}", pitch_hz, speech_s))
    write_script(rows, folder / "script.tsv")
    heard = Transcript("en", 1.0, "given", (), tuple(speakers))
    write_transcript(heard, folder / "transcript.json")
    frames = -(-len(sound) * FPS // RATE_HZ)
    (folder / "source.json").write_text(json.dumps({"rate": str(FPS), "frames": frames}))
    return SpeakRequest(
        script=folder / "script.tsv",
        transcript=folder / "transcript.json",
        facts=folder / "source.json",
        language=language,
        synthesizers=[Chosen("kokoro", {}, {})],
        voices={},
        named_speakers=(),
        recordings={},
        fit=Fit(),
        code={},
        takes=folder / "takes.json",
    )


if __name__ == "__main__":
    main()
