"""The loudness of a film is read from what ffmpeg reports."""

from pathlib import Path

import pytest

from mouthpiece.audio import film_loudness
from mouthpiece.core.files import write_json
from mouthpiece.media.ffmpeg import Report

SUMMARY = """[Parsed_ebur128_0 @ 0x1] [info] Summary:
  Integrated loudness:
    I:         -16.2 LUFS
    Threshold: -26.4 LUFS
  Loudness range:
    LRA:         3.1 LU
    LRA low:   -18.0 LUFS
  True peak:
    Peak:       -2.4 dBFS"""


@pytest.mark.parametrize("more", ["", "[aist#0:1/aac @ 0x2] [verbose] [dec:aac @ 0x3] ended"])
def test_a_line_that_another_thread_goes_on_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    lines = (*f"{SUMMARY}{more}".splitlines(), "[out#0/null @ 0x4] [verbose] done")
    monkeypatch.setattr(film_loudness, "ffmpeg", lambda arguments: Report(lines, 0))
    mix = tmp_path / "mix.json"
    values = {"target": "streaming", "by_dialogue": False, "is_quiet": False, "speech_s": []}
    write_json(mix, values)
    found = film_loudness.measure_loudness(tmp_path / "film.mp4", mix)
    assert (found.lufs, found.true_peak_dbtp, found.range_lu) == (-16.2, -2.4, 3.1)
