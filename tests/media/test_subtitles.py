"""Subtitles on the clock of a film."""

from fractions import Fraction
from pathlib import Path

import pytest

from makers import ffmpeg, pattern
from mouthpiece.media.subtitles import SHOWN_TEXTS, TEXT_BYTES, Text, read_subtitles

LENGTH_S = Fraction(4)


def track(folder: Path, *lines: str) -> Path:
    """A film with one subtitle track, of texts in the form of SRT."""
    texts, film = folder / "texts.srt", folder / "film.mkv"
    numbered = (f"{number}\n{line}\n" for number, line in enumerate(lines, 1))
    texts.write_text("\n".join(numbered), encoding="utf-8")
    ffmpeg(
        *pattern(seconds=0.2), "-i", texts, "-map", "0", "-map", "1", "-c:v", "ffv1",
        *("-c:s", "copy", film),
    )  # fmt: skip
    return film


def shown(film: Path, zero_s: Fraction = Fraction(0)) -> list[tuple[float, float, str]]:
    found = read_subtitles(film, 1, zero_s, LENGTH_S)
    return [(float(t.start_s), float(t.end_s), t.markup.decode()) for t in found.texts]


def test_what_begins_before_the_film_begins_with_it(tmp_path: Path) -> None:
    film = track(
        tmp_path, "00:00:00,200 --> 00:00:00,800\nbefore", "00:00:00,900 --> 00:00:02,000\nacross"
    )
    assert shown(film, Fraction(1)) == [(0.0, 1.0, "across")]


def test_texts_at_the_same_time_are_one(tmp_path: Path) -> None:
    film = track(
        tmp_path, "00:00:01,000 --> 00:00:03,000\nlong", "00:00:01,500 --> 00:00:02,000\nshort"
    )
    assert shown(film) == [(1.0, 1.5, "long"), (1.5, 2.0, "long\\Nshort"), (2.0, 3.0, "long")]


def test_a_thousand_texts_at_once_are_bounded(tmp_path: Path) -> None:
    film = track(tmp_path, *(f"00:00:01,{n:03d} --> 00:00:03,000\nx{n}" for n in range(1000)))
    texts = shown(film)
    assert len(texts) == 1000
    assert texts[-1] == (1.999, 3.0, "\\N".join(f"x{n}" for n in range(1000 - SHOWN_TEXTS, 1000)))


def test_an_endless_text_is_bounded(tmp_path: Path) -> None:
    ((_, _, markup),) = shown(track(tmp_path, "00:00:01,000 --> 00:00:02,000\n" + "x" * 50_000))
    assert len(markup) == TEXT_BYTES


def test_a_text_that_is_no_utf_8_costs_only_itself(tmp_path: Path) -> None:
    film = track(
        tmp_path, "00:00:01,000 --> 00:00:02,000\nQber", "00:00:02,000 --> 00:00:03,000\nunder"
    )
    film.write_bytes(film.read_bytes().replace(b"Qber", b"\xdcber"))
    found = read_subtitles(film, 1, Fraction(0), LENGTH_S)
    assert [text.markup for text in found.texts] == [b"under"] and found.damaged == 1


@pytest.mark.parametrize("zero_s", [Fraction(0), Fraction(1, 3)])
def test_times_are_whole_milliseconds(tmp_path: Path, zero_s: Fraction) -> None:
    film = track(tmp_path, "00:00:01,000 --> 00:00:02,000\nx")
    (text,) = read_subtitles(film, 1, zero_s, LENGTH_S).texts
    assert isinstance(text, Text)
    assert all((1000 * time_s).denominator == 1 for time_s in (text.start_s, text.end_s))
