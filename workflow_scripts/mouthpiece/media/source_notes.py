"""What a user should know of a source that was used all the same."""

import numpy as np

from ..core.notes import Note
from .clock import jump_notes
from .picture import Encoded
from .probe import Source, VideoStream

BESIDE_S = 0.04
"""How far sound and picture may start apart, in seconds, and at least a frame: codecs begin with
some silence of their own."""

HELD_S, HELD_TIMES = 1, 4
"""A frame is noted that is shown longer, in seconds, and so many times as long as most."""

CROWDED_S, FEW_CROWDED = 0.002, 2
"""Pictures that follow by less, in seconds, are not seen: they are reported from so many on. It is
what copying a clock that runs back gives: the times are forced to go on, by one tick each."""


def source_notes(found: Source, film: Source, picture: Encoded, sound_errors: int) -> list[Note]:
    """List what was repaired, lost or assumed.

    Args:
        found: The source, as it is.
        film: The source as it was decoded: on a clock without jumps.
        picture: What was decoded of it.
        sound_errors: How many errors there were in decoding the sound.

    Returns:
        The notes.
    """
    notes = []
    if film.video.head_frames:
        seconds = round(float(film.video.head_s), 3)
        notes.append(Note("head_dropped", {"frames": film.video.head_frames, "seconds": seconds}))
    notes += jump_notes(found.sections)
    if not film.video.timed:
        notes.append(Note("rate_assumed", {"rate": str(film.video.constant_rate)}))
    if found.missing:
        notes.append(Note("cut_short", {"missing": found.missing}))
    if picture.damage.frames:
        notes.append(Note("decode_errors", {"frames": picture.damage.frames}))
    notes += _sound_start(film)
    if sound_errors:
        notes.append(Note("sound_errors", {"errors": sound_errors}))
    if picture.form and picture.conformed:
        form = f"{picture.form.width}x{picture.form.height} {picture.form.pixel_format}"
        notes.append(Note("form_changes", {"frames": picture.conformed, "form": form}))
    return [*notes, *_crowded(film.video), *_longest_held(film.video)]


def _sound_start(film: Source) -> list[Note]:
    """Tell that the sound starts apart from the picture: so does a dub that was made over it."""
    track = film.chosen_audio
    if track is None or track.start_s is None:
        return []
    late_s = float(track.start_s - film.video.start_s)
    if abs(late_s) <= max(BESIDE_S, float(1 / film.video.mean_rate)):
        return []
    code = "sound_starts_late" if late_s > 0 else "sound_starts_early"
    return [Note(code, {"ms": round(1000 * abs(late_s), 1)})]


def _crowded(video: VideoStream) -> list[Note]:
    """Tell how many pictures have, as good as, the time of the one before: they are lost."""
    steps_s = np.diff([*map(float, video.times_s)])
    crowded = int((steps_s < CROWDED_S).sum())
    return [Note("pictures_crowded", {"pictures": crowded})] if crowded > FEW_CROWDED else []


def _longest_held(video: VideoStream) -> list[Note]:
    """Tell when the frame begins that is shown longest, and for how long, where that is long."""
    times_s = np.array([*map(float, video.times_s), float(video.end_s)])
    spans_s = np.diff(times_s)
    longest = int(spans_s.argmax())
    if spans_s[longest] <= max(HELD_S, HELD_TIMES * float(np.median(spans_s))):
        return []
    at_s, held_s = float(times_s[longest] - times_s[0]), float(spans_s[longest])
    return [Note("picture_stands", {"at_s": round(at_s, 2), "held_s": round(held_s, 2)})]
