"""A translator that changes nothing but letters, and transcripts to translate."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from mouthpiece.core.files import write_json
from mouthpiece.text.transcript import Segment, Transcript, write_transcript
from mouthpiece.translation.by_sentence import SentenceTranslator
from mouthpiece.translation.settings import TranslatorSettings

WORDS = {
    "good": "bom",
    "morning": "dia",
    "we": "nós",
    "go": "vamos",
    "home": "casa",
    "river": "rio",
}


class Toy(SentenceTranslator):
    """Translates word by word; words that it does not know stay."""

    def sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        return [" ".join(_word(word) for word in text.split()) for text in texts]


def _word(word: str) -> str:
    bare = word.strip(".,!?").lower()
    return word.lower().replace(bare, WORDS.get(bare, bare)) if bare in WORDS else word


class ToySettings(TranslatorSettings):
    """From English to Portuguese."""

    implementation: ClassVar[str] = "translation.fake_translator:Toy"

    def serves(self, source: str, target: str) -> bool:
        return source in ("", "en", "en-US") and target.startswith("pt")


def segment(number: int, start_s: float, end_s: float, text: str, **values: object) -> Segment:
    known = {"speaker": "S1", "language": "en", **values}
    return Segment(f"{number:04d}", start_s=start_s, end_s=end_s, text=text, **known)  # type: ignore[arg-type]


def transcribed(*segments: Segment, language: str = "en") -> Transcript:
    return Transcript(language, 0.99, "faster_whisper", segments, ())


def written(folder: Path, transcript: Transcript, frames: int = 1000) -> tuple[Path, Path]:
    """Write transcript.json and source.json."""
    write_transcript(transcript, folder / "transcript.json")
    write_json(folder / "source.json", {"rate": "25", "frames": frames})
    return folder / "transcript.json", folder / "source.json"
