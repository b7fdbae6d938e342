"""Stage `loop`: how often a video is shown for the length of a dub."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.loop import read_loop
from mouthpiece.stages.loop import loop
from mouthpiece.stages.normalize import normalize


def test_a_video_is_looped_for_the_length_of_its_dub(tmp_path: Path) -> None:
    makers.plain(tmp_path / "film.mp4", "24000/1001", seconds=2)
    mezzanine, dub = tmp_path / "mezzanine.mp4", tmp_path / "dub.flac"
    settings = Normalize(frame_rate="source")
    normalize(tmp_path / "film.mp4", mezzanine, tmp_path / "a.flac", tmp_path / "f.json", settings)
    write_boundaries([Cut.of(0, 30), Cut.of(30, 18)], tmp_path / "boundaries.tsv")
    soundfile.write(dub, np.zeros(48000 * 3), 48000)
    loop(tmp_path / "boundaries.tsv", mezzanine, dub, tmp_path / "loop.tsv")
    looped = read_loop(tmp_path / "loop.tsv")
    assert looped[-1].cut.end_frame == round(3 * Fraction(24000, 1001)) == 72
    assert [(p.source_cut.cut, p.reversed) for p in looped] == [
        ("000000-000029", False), ("000030-000047", False), ("000030-000047", True),
        ("000000-000029", True),
    ]  # fmt: skip
