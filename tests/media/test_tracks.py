"""What a source holds beside its picture."""

from pathlib import Path

import pytest

from makers import beep, ffmpeg
from mouthpiece.media.tracks import read_tracks


@pytest.mark.parametrize(("stated", "read"), [("ger", "deu"), ("pt-BR", "por"), ("??", "und")])
def test_a_language_is_three_letters_whatever_the_file_says(
    tmp_path: Path, stated: str, read: str
) -> None:
    film = tmp_path / "film.mkv"
    ffmpeg(*beep(0.5), "-metadata:s:a:0", f"language={stated}", film)
    assert [track.language for track in read_tracks(film).tracks] == [read]
