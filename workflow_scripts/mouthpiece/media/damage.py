"""How much of a source is lost: what was decoded, against what its packets promise."""

from dataclasses import dataclass

import numpy as np

from .picture_log import PictureLog
from .probe import VideoStream

FEW_FRAMES = 3
"""So many damaged frames are no reason to refuse a film, however short it is."""

FEW_SHARE = 0.01
"""Nor is this share of its frames."""

LONGEST_S = 1.0
"""Damaged frames in a row may last so long, in seconds."""

LATE = 1.5
"""A frame that lasts so many times as long as most may stand for others that are lost."""


@dataclass(frozen=True)
class Damage:
    """The frames of a picture that are lost or damaged.

    Attributes:
        frames: How many they are.
        longest_s: How long they last in a row, at most, in seconds.
        share: Which share of all frames they are.
        corrupt: How many of them were shown all the same, with errors concealed.
    """

    frames: int
    longest_s: float
    share: float
    corrupt: int

    @property
    def is_grave(self) -> bool:
        """Whether it is more than players pass over."""
        many = self.frames > FEW_FRAMES and self.share > FEW_SHARE
        return many or self.longest_s > LONGEST_S


def find_damage(video: VideoStream, log: PictureLog) -> Damage:
    """Compare the frames that were decoded with those that the packets promise.

    Frames that are never shown and pairs of fields are no loss: a frame is lost where the one
    before it stands in for it.

    Args:
        video: The picture, by its packets.
        log: What ffmpeg decoded of it.

    Returns:
        What is lost.
    """
    if not log.frames:
        return Damage(len(video.times_s), float(video.duration_s), 1.0, 0)
    frame_s = 1 / float(video.mean_rate)
    if not video.timed:
        lost_s = np.arange(log.frames, len(video.times_s)) * frame_s
        return _damage(lost_s, log.corrupt_at * frame_s, frame_s, log.frames)
    decoded_s = log.times_s
    risen_s = np.maximum.accumulate(decoded_s)
    late = np.flatnonzero(decoded_s[1:] <= risen_s[:-1]) + 1
    shown_s = np.delete(decoded_s, late)
    if len(shown_s) > 1:
        frame_s = float(np.median(np.diff(shown_s)))
    stated_s = np.array([float(time) for time in video.times_s])
    ends_s = np.append(shown_s[1:], np.inf)
    before = np.clip(np.searchsorted(shown_s, stated_s, side="right") - 1, 0, None)
    apart = np.minimum(stated_s - shown_s[before], ends_s[before] - stated_s)
    long = ends_s - shown_s > LATE * frame_s
    lost = long[before] & (apart > frame_s * (LATE - 1) * 1.1)
    corrupt_s = decoded_s[np.minimum(log.corrupt_at, len(decoded_s) - 1)]
    return _damage(np.append(stated_s[lost], decoded_s[late]), corrupt_s, frame_s, log.frames)


def _damage(lost_s: np.ndarray, corrupt_s: np.ndarray, frame_s: float, decoded: int) -> Damage:
    """Sum up: when frames are lost, [N] float64, and about when others are damaged, [M] float64."""
    bad_s = np.sort(np.concatenate([lost_s, corrupt_s]))
    if not len(bad_s):
        return Damage(0, 0.0, 0.0, 0)
    runs = np.split(bad_s, np.flatnonzero(np.diff(bad_s) > 2.5 * frame_s) + 1)
    longest_s = max(float(min(run[-1] - run[0], len(run) * frame_s)) for run in runs)
    share = len(bad_s) / (decoded + len(lost_s))
    return Damage(len(bad_s), longest_s, share, len(corrupt_s))
