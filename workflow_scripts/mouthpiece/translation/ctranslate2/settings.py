"""The settings of the translator ctranslate2."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from ...core.files import digest
from ...core.languages import is_same
from ...core.user_files import folder_problem, user_path
from ...weights.table import downloads
from ...weights.version import fingerprint
from ..settings import TranslatorSettings

ANY = "*"
"""A model of many languages, such as NLLB or M2M-100."""

MODEL_FILE = "model.bin"

TOKENIZERS = (("tokenizer.json",), ("source.spm", "target.spm"), ("sentencepiece.model",))
"""The files of which one set is needed, in the order in which they are looked for."""


class CTranslate2Settings(TranslatorSettings):
    """OPUS-MT, NLLB and other models that you converted for CTranslate2, on this machine."""

    implementation: ClassVar[str] = "mouthpiece.translation.ctranslate2.translator:CTranslate2"
    runtime_options: ClassVar[frozenset[str]] = frozenset({"device", "threads"})

    models: tuple[str, ...] = ()
    """Folders of models, each after the pair that it translates, such as
    ["en-de=/models/opus-en-de", "*=/models/nllb-600M"], or their names among the downloads of
    models/weights.tsv. The first that fits is used. It holds tokenizer.json, or source.spm and
    target.spm."""
    beam_size: Annotated[int, Field(ge=1, le=20)] = 4
    """How many translations are followed at once."""
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    """Where the model runs."""
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    """How many cores it uses."""

    @field_validator("models")
    @classmethod
    def _name_pairs(cls, models: tuple[str, ...]) -> tuple[str, ...]:
        for model in models:
            pair, _, folder = model.partition("=")
            if not folder or (pair != ANY and len(pair.split("-")) != 2):
                raise ValueError("write a pair and a folder, such as en-de=/models/opus-en-de")
        return models

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `PluginSettings.weight_users`: rows that a user added to the table."""
        return ("ctranslate2",)

    @property
    def mem_mb(self) -> int:
        """See `PluginSettings.mem_mb`: the largest model, and the library."""
        sizes = [_size(folder) for _, folder in self._folders()]
        return 1500 + int(1.5 * max([0, *sizes]) / 1e6)

    @property
    def gpus(self) -> int:
        """See `TranslatorSettings.gpus`."""
        return int(self.device != "cpu")

    @property
    def cores(self) -> int:
        """See `TranslatorSettings.cores`."""
        return self.threads

    def model_for(self, source: str, target: str) -> Path | None:
        """Find the model of a pair.

        Args:
            source: The language of the source, a BCP-47 tag; empty: any.
            target: The language of the dub.

        Returns:
            Its folder; None: there is none.
        """
        for pair, folder in self._folders():
            first, _, second = pair.partition("-")
            is_fitting = pair == ANY or (
                is_same(second, target) and (not source or is_same(first, source))
            )
            if is_fitting and not folder_problem(folder):
                return folder
        return None

    def serves(self, source: str, target: str) -> bool:
        """See `TranslatorSettings.serves`."""
        return self.model_for(source, target) is not None

    def problem(self) -> str:
        """See `PluginSettings.problem`."""
        if not self.models:
            return "its models are not set in the config"
        wrong = [(folder, _model_problem(folder)) for _, folder in self._folders()]
        return next((f"{folder}: {what}" for folder, what in wrong if what), "")

    def weights_version(self) -> str:
        """See `PluginSettings.weights_version`: the files of all models."""
        files = [
            file
            for _, folder in self._folders()
            if not folder_problem(folder)
            for file in sorted(folder.iterdir())
            if file.is_file()
        ]
        return digest([fingerprint(file) for file in files])[:12]

    def _folders(self) -> list[tuple[str, Path]]:
        parts = [model.partition("=") for model in self.models]
        return [(pair, _folder(name)) for pair, _, name in parts]


def _folder(name: str) -> Path:
    """A folder as the user names it: a path, or what has been downloaded under this name."""
    named, downloaded = user_path(name), downloads() / name
    return downloaded if not named.exists() and downloaded.is_dir() else named


def _model_problem(folder: Path) -> str:
    if wrong := folder_problem(folder):
        return wrong
    if not (folder / MODEL_FILE).is_file():
        return f"has no {MODEL_FILE}; convert the model with ct2-transformers-converter"
    is_read = any(all((folder / name).is_file() for name in names) for names in TOKENIZERS)
    return "" if is_read else "has no tokenizer.json, nor source.spm and target.spm"


def _size(folder: Path) -> int:
    try:
        return (folder / MODEL_FILE).stat().st_size
    except OSError:
        return 0
