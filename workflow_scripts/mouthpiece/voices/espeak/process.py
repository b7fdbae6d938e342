"""Asks the program espeak-ng, which is under the GPL and runs as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...core.errors import Fault
from ..base import Sound

PROGRAM = Path(__file__).with_name("program.py")

TIMEOUT_S = 60.0
"""Seconds within which it answers; a line takes a tenth of one."""

MOST_BYTES = 100_000
"""The longest request. A letter of some scripts has 6 bytes in it."""


def phonemes(texts: Sequence[str], language: str) -> list[str]:
    """Write texts in phonemes: numbers, dates and signs as they are read out.

    Args:
        texts: The texts, without punctuation that matters: it is left out.
        language: A language of espeak-ng, such as "pt-br".

    Returns:
        For each text its phonemes in IPA, with "^" between the letters of one phoneme.

    Raises:
        Fault: The program failed.
    """
    return list(map(str, json.loads(_ask({"voice": language, "texts": list(texts)}))))


def sound(text: str, voice: str, words_per_minute: int) -> Sound:
    """Speak a text.

    Args:
        text: The text.
        voice: A language of espeak-ng, with or without a variant, such as "de+f3".
        words_per_minute: How fast.

    Returns:
        The speech.

    Raises:
        Fault: The program failed.
    """
    asked = {"voice": voice, "texts": [text], "words_per_minute": words_per_minute}
    header, _, samples = _ask(asked).partition(b"\n")
    rate = int(json.loads(header)["sample_rate_hz"])
    return Sound(np.frombuffer(samples, "<i2").astype(np.float32) / 32768, rate)


def _ask(request: Mapping[str, object]) -> bytes:
    asked = json.dumps(request).encode()
    if len(asked) > MOST_BYTES:
        raise Fault(f"espeak-ng is asked for a text of {len(asked):,} bytes, which is no line")
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise Fault(f"espeak-ng does not answer within {TIMEOUT_S:.0f} s") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Fault(f"espeak-ng stopped (status {done.returncode}): {last[:200]}")
    return done.stdout
