"""The synthesizer command: any program that writes a sound file."""

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from ...core.errors import InputError, quoted
from ..base import Sound, UnspeakableError
from .settings import CommandSettings

MOST_BYTES = 256 << 20
"""The largest file that the program may write. A minute of sound has 12 MB."""

LONGEST_S = 300.0
"""The longest take of one line, in seconds."""


class Command:
    """Speaks by a program of the user's. See `voices.base.Synthesizer`."""

    def __init__(self, settings: CommandSettings) -> None:
        """Prepare it.

        Args:
            settings: Its settings.
        """
        self.settings = settings

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """See `Synthesizer.speak`."""
        with tempfile.TemporaryDirectory(prefix="mouthpiece-voice-") as folder:
            out = Path(folder) / "take.wav"
            values = {"out": str(out), "language": language, "voice": voice, "rate": f"{rate:g}"}
            self._run([_filled(argument, values) for argument in self.settings.argv], text)
            return _read(out)

    def _run(self, argv: list[str], text: str) -> None:
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_limit_files,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise InputError(
                f"speak.synthesizers.command.argv: {quoted(argv[0])} cannot be run: {error}"
            ) from None
        with process:
            try:
                process.communicate(text.encode(), timeout=self.settings.timeout_s)
            except subprocess.TimeoutExpired:
                limit_s = self.settings.timeout_s
                raise UnspeakableError(f"the program took more than {limit_s:g} s") from None
            finally:  # with all that it started
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            raise UnspeakableError(f"the program stopped with status {process.returncode}")


def _filled(argument: str, values: dict[str, str]) -> str:
    """An argument with its placeholders filled in; other braces stay."""
    for name, value in values.items():
        argument = argument.replace(f"{{{name}}}", value)
    return argument


def _limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))


def _read(out: Path) -> Sound:
    try:
        info = soundfile.info(out)
        if info.frames > LONGEST_S * info.samplerate:
            raise UnspeakableError(f"the program spoke for more than {LONGEST_S:.0f} s")
        samples, rate = soundfile.read(out, dtype="float32", always_2d=True)
    except soundfile.SoundFileError:
        raise UnspeakableError("the program wrote no sound file") from None
    return Sound(np.ascontiguousarray(samples.mean(axis=1)), int(rate))
