"""Takes on disk, by the content of what was asked.

They lie beside the results of a stage and are no declared results, so that a run that is killed, a
retry or an edit finds them again. Each is written at once, when it has been spoken.
"""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile

from ..core.files import atomic, digest, remove, write_json
from .base import Sound, UselessAnswerError

SUFFIX = ".flac"

USELESS_SUFFIX = ".json"
"""The suffix of a file that stands for an answer of a service that is no speech."""


class TakeStore:
    """A folder of takes, FLAC, 24 bit, mono."""

    def __init__(self, folder: Path) -> None:
        """Open a folder.

        Args:
            folder: The folder; it is made with the first take.
        """
        self.folder = folder

    def key(self, asked: object) -> str:
        """Identify a take.

        Args:
            asked: JSON values: all that can change it.

        Returns:
            32 hex digits.
        """
        return digest(asked)[:32]

    def path(self, key: str) -> Path:
        """Tell where a take is, whether or not it is there.

        Args:
            key: Its key.

        Returns:
            The file.
        """
        return self.folder / f"{key}{SUFFIX}"

    def get(self, key: str) -> Sound | None:
        """Look a take up. A file that is damaged is no take.

        Args:
            key: Its key.

        Returns:
            The take; None: there is none.
        """
        try:
            with soundfile.SoundFile(self.path(key)) as file:
                samples = file.read(dtype="float32")
                if samples.ndim == 1 and len(samples) == file.frames:
                    return Sound(samples, file.samplerate, _cost_usd(file.comment))
        except (soundfile.SoundFileError, OSError):
            pass
        return None

    def put(self, key: str, sound: Sound, is_paid: bool = False) -> None:
        """Keep a take, whole or not at all, with what it cost.

        Args:
            key: Its key.
            sound: The take.
            is_paid: Whether it may have cost something, though the price is not known.
        """
        with atomic(self.path(key)) as temporary:
            form = {"samplerate": sound.sample_rate_hz, "channels": 1, "subtype": "PCM_24"}
            with soundfile.SoundFile(temporary, "w", format="FLAC", **form) as file:
                if is_paid or sound.cost_usd:
                    file.comment = json.dumps({"cost_usd": sound.cost_usd})
                file.write(np.clip(sound.samples, -1.0, 1.0 - 2.0**-23))

    def useless_path(self, key: str) -> Path:
        """Tell where it is kept that a take is no speech. Without this file it is asked for again.

        Args:
            key: The take's key.

        Returns:
            The file.
        """
        return self.folder / f"{key}{USELESS_SUFFIX}"

    def put_useless(self, key: str, error: UselessAnswerError) -> None:
        """Keep that a service was asked, and that its answer is no speech.

        Args:
            key: The take's key.
            error: What is wrong with it.
        """
        values = {"problem": str(error), "cost_usd": error.cost_usd}
        write_json(self.useless_path(key), values)

    def useless(self, key: str) -> UselessAnswerError | None:
        """Look up whether a service was asked in vain.

        Args:
            key: The take's key.

        Returns:
            What is wrong with its answer; None: it was not asked, or gave speech.
        """
        try:
            values = json.loads(self.useless_path(key).read_bytes())
            return UselessAnswerError(str(values["problem"]), float(values["cost_usd"]))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            return UselessAnswerError("the answer of the service was no speech")

    def prune(self, used: Iterable[str]) -> int:
        """Remove the takes that are no longer used, but for those that were paid for.

        Args:
            used: The keys to keep.

        Returns:
            How many were removed.
        """
        kept = {self.path(key) for key in used}
        found = self.folder.glob(f"[!.]*{SUFFIX}")  # not what another job is writing
        unused = [path for path in found if path not in kept and not _was_paid(path)]
        for path in unused:
            remove(path)
        return len(unused)


def _was_paid(path: Path) -> bool:
    with contextlib.suppress(soundfile.SoundFileError, OSError), soundfile.SoundFile(path) as file:
        return bool(file.comment)
    return False


def _cost_usd(comment: str) -> float:
    try:
        return float(json.loads(comment)["cost_usd"]) if comment else 0.0
    except (ValueError, TypeError, KeyError):
        return 0.0
