"""Lip closures are counted alike in the network's lips and in drawn pictures."""

import numpy as np

from mouthpiece.training.phones import Phone
from mouthpiece.training.voice_metrics import shut_at


def test_lips_are_shut_within_a_frame_of_a_phones_middle() -> None:
    shut = np.zeros(25, bool)
    shut[[6, 12]] = True
    said = [
        Phone("b", 0.16, 0.26),  # its middle is in frame 5
        Phone("a", 0.40, 0.56),  # no closure is asked for
        Phone("pː", 0.52, 0.60),  # in frame 14
        Phone("m", 1.0, 1.2),  # after the frames
    ]
    assert shut_at(shut, said, 25) == [1.0, 0.0]
