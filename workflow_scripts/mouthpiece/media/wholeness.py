"""Whether a file holds what its header promises."""

from collections.abc import Mapping
from fractions import Fraction

import av

from .packets import Packets

SLACK_S = Fraction(1, 10)
"""Containers round their durations."""

SOUND_SLACK_S = Fraction(1, 2)
"""Durations of sound count, or leave out, what encoders put before and after it."""

MEASURED = ("mpegts", "mpeg", "ogg")
"""Formats without durations: libav finds them in the last packets, so they promise nothing."""


def missing_part(
    container: av.container.InputContainer,
    video: av.VideoStream,
    sound: int | None,
    packets: Mapping[int, Packets],
) -> str | None:
    """Compare what a header promises of picture and sound with what is there.

    Other tracks do not count: subtitles may last longer than the film.

    Args:
        container: The open file.
        video: Its picture.
        sound: The index of the sound track that is used; None: there is none.
        packets: The packets of all its streams.

    Returns:
        What is missing, as in "its header promises 60.00 s of picture and 21.36 s are there"; None
        where nothing is.
    """
    if container.format.name in MEASURED:
        return None
    frame_s = 1 / (video.average_rate or Fraction(25))
    slack_s = {video.index: max(frame_s, SLACK_S), sound: SOUND_SLACK_S}
    promises = []
    is_avi = container.format.name == "avi"
    # The sound of AVI has no times: after a hole, it only is shorter than the header says.
    wanted = [(video.index, "picture"), (None if is_avi else sound, "sound")]
    for index, what in wanted:
        if index is None or not (duration := container.streams[index].duration):
            continue
        if extent_s := packets[index].extent_s(0, len(packets[index])):
            # A container that counts from zero is not cut short.
            slack = slack_s[index] + max(Fraction(0), extent_s[0])
            promised_s = duration * packets[index].tick_s
            if is_avi:
                # libav gives the length of what is there; the header counts frames.
                promised_s = max(promised_s, video.frames * frame_s)
            promises.append((what, promised_s, extent_s[1] - extent_s[0], slack))
    if not promises and container.duration:
        # Of all tracks together, and so of the one that lasts longest.
        start_s = Fraction(container.start_time or 0, av.time_base)
        end_s = max((p.end_s or Fraction(0) for p in packets.values()), default=Fraction(0))
        promised_s = Fraction(container.duration, av.time_base)
        slack = slack_s[video.index] + max(Fraction(0), start_s)
        promises.append(("film", promised_s, end_s - start_s, slack))
    for what, promised_s, found_s, slack in promises:
        if promised_s - found_s > slack:
            return (
                f"its header promises {float(promised_s):.2f} s of {what} and "
                f"{float(found_s):.2f} s are there"
            )
    return _beyond_the_end(container, video)


def _beyond_the_end(container: av.container.InputContainer, video: av.VideoStream) -> str | None:
    """What an index that is read with the header places beyond the end of the file."""
    end = container.size
    entries = video.index_entries
    last = [entry.pos + entry.size for entry in reversed(entries)]
    beyond = sum(1 for stop in last if stop > end)
    if beyond:
        return f"its index names {len(last)} frames, of which {beyond} lie beyond the file's end"
    return None
