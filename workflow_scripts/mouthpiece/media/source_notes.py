"""What a user should know of a source that was used all the same."""

import numpy as np

from ..core.notes import Note
from .picture import Encoded
from .probe import Source, VideoStream

BESIDE_S = 0.04
"""How far sound and picture may start apart, in seconds, and at least a frame: codecs begin with
some silence of their own."""

HELD_S = 10
"""A frame that is shown longer, in seconds, is told."""


def source_notes(
    found: Source, video: VideoStream, picture: Encoded, sound_errors: int
) -> list[Note]:
    """Tell what was repaired, lost or assumed.

    Args:
        found: The source, as it is.
        video: Its picture as it was decoded, on a clock without jumps.
        picture: What was decoded of it.
        sound_errors: How many errors there were in decoding the sound.

    Returns:
        The notes.
    """
    notes = []
    if video.head_frames:
        seconds = round(float(video.head_s), 3)
        notes.append(Note("head_dropped", {"frames": video.head_frames, "seconds": seconds}))
    if jumps := found.sections[1:]:
        at_s, jump_s = (round(float(value), 3) for value in (jumps[0].at_s, jumps[0].jump_s))
        notes.append(Note("clock_repaired", {"jumps": len(jumps), "at_s": at_s, "jump_s": jump_s}))
    if not video.timed:
        notes.append(Note("rate_assumed", {"rate": str(video.constant_rate)}))
    if found.missing:
        notes.append(Note("cut_short", {"missing": found.missing}))
    if picture.damage.frames:
        notes.append(Note("decode_errors", {"frames": picture.damage.frames}))
    notes += _sound_start(found)
    if sound_errors:
        notes.append(Note("sound_errors", {"errors": sound_errors}))
    if picture.form and picture.conformed:
        form = f"{picture.form.width}x{picture.form.height} {picture.form.pixel_format}"
        notes.append(Note("form_changes", {"frames": picture.conformed, "form": form}))
    held = _longest_held(video)
    if held["held_s"] > HELD_S:
        notes.append(Note("picture_stands", {**held}))
    return notes


def _sound_start(found: Source) -> list[Note]:
    """Tell that the sound starts apart from the picture: so does a dub that was made over it."""
    track = found.chosen_audio
    if track is None or track.start_s is None:
        return []
    late_s = float(track.start_s - found.video.start_s)
    if abs(late_s) <= max(BESIDE_S, float(1 / found.video.mean_rate)):
        return []
    code = "sound_starts_late" if late_s > 0 else "sound_starts_early"
    return [Note(code, {"ms": round(1000 * abs(late_s), 1)})]


def _longest_held(video: VideoStream) -> dict[str, float]:
    """When the frame begins that is shown longest, and for how long, in seconds."""
    times_s = np.array([*map(float, video.times_s), float(video.end_s)])
    spans_s = np.diff(times_s)
    longest = int(spans_s.argmax())
    return {
        "at_s": round(float(times_s[longest] - times_s[0]), 2),
        "held_s": round(float(spans_s[longest]), 2),
    }
