"""Stage `dub` of a dub that is made here: the takes laid on the picture's clock.

dub.flac is mono. Its sample 0 is picture 0, and it is as long as the picture, or where that is
looped, as the script.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from ..core.errors import Fault
from ..core.files import atomic, read_json, write_json
from ..core.timeline import sample_of
from ..voices.takes import Take, Takes, read_takes

log = logging.getLogger(__name__)

BLOCK = 1 << 18
"""How many samples are laid at once: 5 s."""

PEAK_DBFS = -1.0
"""The highest peak where several speak at once. They are all softer for as long as they speak
together: a limiter would be heard."""

CLOSING_S = 0.4
"""How long a looped picture goes on after the last word, in seconds: the mouth closes."""

FLOOR_DBFS = -120.0
"""The level of digital silence."""


@dataclass(frozen=True)
class _Laid:
    """A take with its gain."""

    take: Take
    gain: float


def write_made_dub(
    takes: Path, source: Path, dub: Path, facts: Path, *, loops: bool = False
) -> None:
    """Lay the takes of a film.

    Args:
        takes: The takes.json, with the files beside it.
        source: The facts of the source, source.json.
        dub: The FLAC file to write, mono, 24 bit.
        facts: What it holds, to write, JSON, with the keys of a given dub's, and its kind.
        loops: Whether the picture is looped for as long as the takes last.

    Raises:
        Fault: A file is broken.
    """
    found = read_takes(takes)
    values = read_json(source)
    rate, fps = found.sample_rate_hz, Fraction(values["rate"])
    frames = _spoken_frames(found, fps) if loops else int(values["frames"])
    length = sample_of(frames, fps, rate)
    laid = [one for group in _groups(found) for one in _softened(group, takes.parent)]
    peak, power = 0.0, 0.0
    with (
        atomic(dub) as temporary,
        soundfile.SoundFile(temporary, "w", rate, 1, "PCM_24", format="FLAC") as file,
    ):
        for block in _blocks(laid, 0, length, takes.parent):
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            power += float(np.sum(block.astype(np.float64) ** 2))
            file.write(block)
    power /= max(1, length)
    facts_of_dub = {"kind": "made", **_facts(length, rate, peak, power)}
    write_json(facts, {**facts_of_dub, "notes": list(found.notes)})
    log.info("%d takes, %.3f s, peak %.1f dBFS", len(laid), length / rate, _db(peak))


def _spoken_frames(found: Takes, fps: Fraction) -> int:
    """The frames until all slots are over, and all takes with the mouth closed after them."""
    closing = round(CLOSING_S * found.sample_rate_hz)
    ends = [
        max(take.end_sample + closing, take.start_sample + take.slot_samples)
        for take in found.spoken
    ]
    return math.ceil(max(ends) * fps / found.sample_rate_hz)


def _groups(found: Takes) -> Iterator[list[Take]]:
    """The takes that overlap each other, directly or by others between them."""
    group: list[Take] = []
    end = 0
    for take in found.spoken:
        if group and take.start_sample >= end:
            yield group
            group = []
        group.append(take)
        end = max(end, take.end_sample)
    if group:
        yield group


def _softened(group: Sequence[Take], folder: Path) -> list[_Laid]:
    """Takes with the gain at which their sum stays under the peak."""
    whole = [_Laid(take, 1.0) for take in group]
    if len(group) == 1:
        return whole
    start, end = group[0].start_sample, max(take.end_sample for take in group)
    blocks = _blocks(whole, start, end, folder)
    peak = max(float(np.abs(block).max(initial=0.0)) for block in blocks)
    gain = min(1.0, 10 ** (PEAK_DBFS / 20) / max(peak, 1e-6))
    return [_Laid(take, gain) for take in group]


def _blocks(laid: Sequence[_Laid], start: int, end: int, folder: Path) -> Iterator[np.ndarray]:
    """The sum of takes from one sample to another, [<= BLOCK] float32 each."""
    first = 0
    for at in range(start, end, BLOCK):
        block = np.zeros(min(BLOCK, end - at), np.float32)
        for one in laid[first:]:
            if one.take.start_sample >= at + len(block):
                break
            _add(block, at, one, folder)
        while first < len(laid) and laid[first].take.end_sample <= at + len(block):
            first += 1
        yield block


def _add(block: np.ndarray, at: int, laid: _Laid, folder: Path) -> None:
    take = laid.take
    low, high = max(at, take.start_sample), min(at + len(block), take.end_sample)
    if low >= high:
        return
    path = folder / take.file
    try:
        with soundfile.SoundFile(path) as file:
            file.seek(low - take.start_sample)
            samples = file.read(high - low, dtype="float32")
    except (soundfile.SoundFileError, OSError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None
    if samples.shape != (high - low,):
        raise Fault(f"{path}: is cut short; delete it and run again")
    block[low - at : high - at] += np.float32(laid.gain) * samples


def _facts(length: int, rate: int, peak: float, power: float) -> dict[str, object]:
    """The facts of a dub, as `media.dub_file.DubInfo.facts` has them of a given one."""
    return {
        "version": 1,
        "length_s": length / rate,
        "sample_rate_hz": rate,
        "channels": 1,
        "layout": "mono",
        "track": 1,
        "tracks": 1,
        "start_s": 0.0,
        "peak_dbfs": [_db(peak)],
        "rms_dbfs": [_db(power**0.5)],
        "decode_errors": 0,
        "speech": {"peak": peak, "power": power, "cancelled_s": 0.0, "channel": 0},
    }


def _db(amplitude: float) -> float:
    return round(max(FLOOR_DBFS, 20 * float(np.log10(max(amplitude, 1e-9)))), 2)
