"""What a stage's params hold of its section: nothing that cannot change its result."""

from mouthpiece.config.cuts import Cuts
from mouthpiece.config.delivery import Delivery
from mouthpiece.config.normalize import Normalize


def test_a_mezzanine_does_not_depend_on_what_only_stills_read() -> None:
    of_film = {"frame_rate", "crf", "preset", "hdr", "damaged"}
    assert set(Normalize().used_for(still=False)) == of_film
    of_still = Normalize(still_s=2).used_for(still=True)
    assert set(of_still) == {"frame_rate", "crf", "preset", "still_s", "still_px"}
    assert Normalize(**of_still) == Normalize(still_s=2)


def test_cuts_do_not_depend_on_the_other_detector() -> None:
    adaptive, network = Cuts().used, Cuts(detector="transnetv2", max_s=3).used
    assert set(adaptive) | set(network) == set(Cuts.model_fields)
    assert set(network) == {"detector", "min_frames", "max_s", "transnetv2_threshold"}
    assert "transnetv2_threshold" not in adaptive
    assert Cuts(**network) == Cuts(detector="transnetv2", max_s=3)


def test_a_segment_does_not_depend_on_the_sound() -> None:
    assert Delivery(crf=3).encoding == {"crf": 3, "preset": "veryfast", "pixel_format": "mezzanine"}
