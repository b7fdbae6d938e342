"""Makes sources with subtitles, chapters, titles and further tracks."""

import struct
from pathlib import Path

from makers import AAC, X264, beep, ffmpeg, pattern

TEXTS = """1
00:00:00,500 --> 00:00:01,000
Hello <i>there</i>

2
00:00:01,500 --> 00:00:09,000
To the end

3
00:00:01,800 --> 00:00:02,200
Above it
"""
FOREIGN = "1\n00:00:01,000 --> 00:00:01,400\nÜber alles\n"
TAGS = """;FFMETADATA1
title=A talk\x07 in\tParis
artist=Somebody
"""
CHAPTER = """[CHAPTER]
TIMEBASE=1/1000
START={start}
END={end}
title={title}
"""


def full(path: Path, seconds: float = 2, late_s: float = 0) -> None:
    """Two sounds, a plain and a forced subtitle track, two chapters, a title, a font.

    Args:
        path: The file to write, Matroska.
        seconds: Its length.
        late_s: When its picture starts on the container's clock. All else starts as late.
    """
    folder = path.with_name(f"parts-{path.stem}")
    folder.mkdir()
    (folder / "texts.srt").write_text(TEXTS, encoding="utf-8")
    (folder / "foreign.srt").write_text(FOREIGN, encoding="utf-8")
    late_ms = round(1000 * late_s)
    chapters = [(late_ms, late_ms + 1500, "One"), (late_ms + 1500, late_ms + 2500, "Two")]
    (folder / "chapters.txt").write_text(
        TAGS + "".join(CHAPTER.format(start=s, end=e, title=t) for s, e, t in chapters),
        encoding="utf-8",
    )
    (folder / "font.ttf").write_bytes(bytes(500))
    ffmpeg(
        *pattern(seconds=seconds), *beep(seconds=seconds), *beep(0.3, seconds),
        *("-i", folder / "texts.srt", "-i", folder / "foreign.srt", "-i", folder / "chapters.txt"),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"),
        *("-map_metadata", "5", "-map_chapters", "5", *X264, *AAC, "-c:s", "srt"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"),
        *("-metadata:s:a:1", "title=Commentary", "-metadata:s:s:0", "language=eng"),
        *("-metadata:s:s:1", "language=ger", "-metadata:s:s:1", "title=Signs"),
        *("-disposition:a:0", "default", "-disposition:s:0", "0", "-disposition:s:1", "forced"),
        *("-attach", folder / "font.ttf", "-metadata:s:t", "mimetype=font/ttf"),
        *("-output_ts_offset", late_s, path),
    )  # fmt: skip


def with_pictures_as_subtitles(path: Path) -> None:
    """Subtitles that are pictures (PGS), as on a Blu-ray."""
    sup = path.with_suffix(".sup")
    sup.write_bytes(_pgs(45000, 0x16, struct.pack(">HHBHBBBB", 160, 120, 16, 0, 128, 0, 0, 0)))
    with sup.open("ab") as file:
        file.write(_pgs(45000, 0x80, b""))
    ffmpeg(
        *pattern(), "-i", sup, "-map", "0", "-map", "1", *X264, "-c:s", "copy",
        *("-metadata:s:s:0", "language=spa", path),
    )  # fmt: skip


def _pgs(pts: int, kind: int, data: bytes) -> bytes:
    return b"PG" + struct.pack(">IIBH", pts, 0, kind, len(data)) + data


def with_captions(path: Path) -> None:
    """Closed captions (CEA-608) beside each picture, as broadcasters send them."""
    raw = path.with_suffix(".h264")
    ffmpeg(*pattern(seconds=0.4), *X264, raw)
    data = b"\xb5\x00\x31GA94\x03\x41\xff\xfc\x94\x2c\xff"
    message = b"\x00\x00\x00\x01\x06\x04" + bytes([len(data)]) + data + b"\x80"
    units = raw.read_bytes()
    for start in (b"\x00\x00\x01\x65", b"\x00\x00\x01\x41"):  # before each picture
        units = units.replace(start, message + start)
    raw.write_bytes(units)
    ffmpeg("-i", raw, "-c", "copy", path)
