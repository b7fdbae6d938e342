"""The delivered film: the master, with what is kept of its source's other tracks."""

import errno
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

import track_makers
from makers import AAC, X264, beep, ffmpeg, pattern
from mouthpiece.config.delivery import Keep
from mouthpiece.core.errors import Fault
from mouthpiece.core.files import read_json, write_json
from mouthpiece.media.packing import SourceFiles
from mouthpiece.media.tracks import read_tracks
from mouthpiece.reports.notes import read_notes
from mouthpiece.stages import package as stage
from mouthpiece.stages.package import Made, Master, package
from mouthpiece.text.subtitles import Subtitle, SubtitleTrack, write_tracks

NOTHING = Keep(subtitles=False, chapters=False, title=False)
DEFAULT = Keep()
ALL = Keep(original_audio=True, other_audio=True)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Master:
    """A film of 2 s in German."""
    folder = tmp_path_factory.mktemp("master")
    made = Master(folder / "master.mp4", folder / "film.json", folder / "dub.flac")
    ffmpeg(*beep(1.2, sample_rate=48000), made.dub)
    write_json(made.facts, {"frames": 50})
    write_film(made.file, made.dub)
    return made


def write_film(path: Path, dub: Path, late_ms: int = 0) -> None:
    """A film with a dub, which is heard late."""
    ffmpeg(
        *pattern(), "-i", dub, "-af", f"adelay={late_ms}:all=1", "-t", 2, *X264, "-bf", "2", *AAC,
        *("-metadata:s:a:0", "language=deu", "-movflags", "+faststart", path),
    )  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SourceFiles:
    return made(tmp_path_factory.mktemp("source"), "full")


def made(folder: Path, maker: str, zero_s: str = "0", **facts: object) -> SourceFiles:
    """A source, with the facts and the sound that stage `normalize` writes."""
    file, sound, known = folder / "source.mkv", folder / "source.flac", folder / "source.json"
    if maker == "full":
        track_makers.full(file, late_s=float(Fraction(zero_s)))
    else:
        getattr(track_makers, maker)(file)
    ffmpeg(*beep(0.5), sound)
    has_sound = {"audio_track": 0 if maker == "full" else None}
    write_json(known, {"zero_s": zero_s, "rate": "25"} | has_sound | facts)
    return SourceFiles(file, known, sound)


def delivered(
    master: Master, source: SourceFiles, folder: Path, keep: Keep = DEFAULT
) -> tuple[Path, list[dict[str, object]]]:
    """The delivered film and its notes."""
    film, facts = folder / "v.de.mp4", folder / "package.json"
    package(master=master, source=source, keep=keep, bitrate_kbps=128, film=film, facts=facts)
    return film, read_json(facts)["notes"]


def subtitled(folder: Path, *tracks: tuple[str, str], shown: str = "off") -> Made:
    """Subtitles that were made: the language and the text of each track."""
    made = [
        SubtitleTrack(tag, tag, (Subtitle(10, 35, (text, "{x}")), Subtitle(40, 70, ("End",))))
        for tag, text in tracks
    ]
    write_tracks(made, folder / "subtitles.json")
    return Made(folder / "subtitles.json", shown)


def tracks_of(film: Path) -> list[tuple[str, str, bool]]:
    """The language and the name of each track of subtitles, and whether it is shown unasked."""
    with av.open(str(film)) as container:
        return [
            (s.language, s.metadata.get("handler_name", ""), bool(s.disposition))
            for s in container.streams.subtitles
        ]


def test_subtitles_that_were_made_come_first_and_replace_those_of_the_language(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    made = subtitled(tmp_path, ("de", "Hallo"), ("en", "Hello"))
    film, facts = tmp_path / "v.de.mp4", tmp_path / "package.json"
    package(
        master=master, source=source, keep=DEFAULT, bitrate_kbps=128, film=film, facts=facts,
        subtitles=made,
    )  # fmt: skip
    # The source has English ones, and forced ones in German.
    assert tracks_of(film) == [
        ("deu", "SubtitleHandler", False), ("eng", "SubtitleHandler", False), ("deu", "Signs", True)
    ]  # fmt: skip
    assert texts(film) == [(0.4, 1.0, "Hallo\n{x}"), (1.6, 0.4, "End")]
    assert texts(film, 1)[0][2] == "Hello there"
    assert read_json(facts)["subtitles"] == ["deu"]


def test_subtitles_of_a_dub_replace_the_source_s_in_its_language(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    made = subtitled(tmp_path, ("en-GB", "Hello"), shown="target")
    film, facts = tmp_path / "v.en.mp4", tmp_path / "package.json"
    package(
        master=master, source=source, keep=DEFAULT, bitrate_kbps=128, film=film, facts=facts,
        subtitles=made,
    )  # fmt: skip
    assert tracks_of(film) == [("eng", "en-GB", True), ("deu", "Signs", True)]
    assert ("subtitles", "eng", "replaced") in lost(read_json(facts)["notes"])


def lost(notes: list[dict[str, object]]) -> set[tuple[object, object, object]]:
    """The kind, the language and the reason of each track that is not kept."""
    return {
        (note["kind"], note["language"], note["reason"])
        for note in notes
        if note["code"] == "track_not_kept"
    }


def texts(film: Path, number: int = 0) -> list[tuple[float, float, str]]:
    """When each subtitle is shown, how long, and its text."""
    with av.open(str(film)) as container:
        stream = container.streams.subtitles[number]
        assert stream.codec_context.name == "mov_text"
        return [
            (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base), text)
            for packet in container.demux(stream)
            if packet.size > 2
            for text in [bytes(packet)[2 : 2 + bytes(packet)[1]].decode()]
        ]


def decoded(film: Path) -> tuple[list[tuple[float, bytes]], np.ndarray]:
    """Each picture with its time, and the sound."""
    with av.open(str(film)) as container:
        pictures = [(frame.time, bytes(frame.planes[0])) for frame in container.decode(video=0)]
    with av.open(str(film)) as container:
        sound = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return pictures, np.concatenate(sound, axis=1)


def test_text_subtitles_keep_their_language_and_flags(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    film, _ = delivered(master, source, tmp_path)
    with av.open(str(film)) as container:
        found = [(s.language, s.disposition) for s in container.streams.subtitles]
        named = container.streams.subtitles[1].metadata["handler_name"]
    assert found == [("eng", Disposition(0)), ("deu", Disposition.forced)]
    assert named == "Signs"
    assert texts(film, 1) == [(1.0, 0.4, "Über alles")]


def test_subtitles_end_with_the_film_and_are_shown_one_at_a_time(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    film, notes = delivered(master, source, tmp_path)
    assert texts(film) == [
        (0.5, 0.5, "Hello there"),
        (1.5, 0.3, "To the end"),
        (1.8, 0.2, "To the end\nAbove it"),
    ]
    assert {"code": "subtitles_cut", "language": "eng"} in notes


def test_picture_and_sound_of_the_master_are_copied_as_they_are(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    film, _ = delivered(master, source, tmp_path, ALL)
    pictures, sound = decoded(master.file)
    copied, heard = decoded(film)
    assert copied == pictures
    np.testing.assert_array_equal(heard, sound)


def test_chapters_and_title_are_kept(master: Master, source: SourceFiles, tmp_path: Path) -> None:
    film, notes = delivered(master, source, tmp_path)
    with av.open(str(film)) as container:
        chapters = [
            (ch["start"], ch["end"], ch["metadata"]["title"]) for ch in container.chapters()
        ]
        assert container.metadata["title"] == "A talk in Paris"
        assert "artist" not in container.metadata
    assert chapters == [(0, 1500, "One"), (1500, 2000, "Two")]
    assert {"code": "metadata_not_kept", "names": "artist"} in notes


def test_times_are_those_of_the_film_where_the_source_s_clock_starts_late(
    master: Master, tmp_path: Path
) -> None:
    late = made(tmp_path, "full", "7")
    film, _ = delivered(master, late, tmp_path)
    assert texts(film, 1) == [(1.0, 0.4, "Über alles")]
    with av.open(str(film)) as container:
        assert [ch["start"] for ch in container.chapters()] == [0, 1500]


def test_the_dub_stays_the_default_among_the_sounds_that_are_kept(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    film, notes = delivered(master, source, tmp_path, ALL)
    with av.open(str(film)) as container:
        sounds = [(s.language, s.disposition) for s in container.streams.audio]
        onsets = []
        for number in range(3):
            container.seek(0)
            stream = container.streams.audio[number]
            sound = np.concatenate([f.to_ndarray() for f in container.decode(stream)], axis=1)
            onsets.append(np.flatnonzero(np.abs(sound[0]) > 0.2)[0] / stream.rate)
    assert sounds == [
        ("deu", Disposition.default), ("eng", Disposition(0)), ("fra", Disposition(0)),
    ]  # fmt: skip
    assert onsets == pytest.approx([1.2, 0.5, 0.3], abs=0.005)
    assert lost(notes) == {("attachment", "und", "no_place")}


def test_what_is_not_kept_is_told(master: Master, source: SourceFiles, tmp_path: Path) -> None:
    film, notes = delivered(master, source, tmp_path, NOTHING)
    assert film.samefile(master.file)
    assert lost(notes) == {
        ("original_sound", "eng", "off"), ("sound", "fra", "off"), ("subtitles", "eng", "off"),
        ("subtitles", "deu", "off"), ("attachment", "und", "no_place"),
    }  # fmt: skip
    assert {"code": "chapters_not_kept", "chapters": 2, "reason": "off"} in notes
    assert {"code": "title_not_kept", "title": "A talk in Paris"} in notes
    told = read_notes([tmp_path / "package.json"])[0].sentences
    assert "Not kept: the original sound (aac, eng): off in delivery.keep." in told
    assert "Not kept: further sound (aac, fra, Commentary): off in delivery.keep." in told


def test_subtitles_that_are_pictures_are_told(master: Master, tmp_path: Path) -> None:
    film, notes = delivered(master, made(tmp_path, "with_pictures_as_subtitles"), tmp_path)
    assert film.samefile(master.file)
    assert lost(notes) == {("subtitles", "spa", "pictures")}


def test_captions_beside_the_picture_are_told(master: Master, tmp_path: Path) -> None:
    _, notes = delivered(master, made(tmp_path, "with_captions"), tmp_path)
    assert {"code": "captions_not_kept"} in notes


def test_where_the_clock_was_repaired_what_has_times_of_its_own_is_told(
    master: Master, tmp_path: Path
) -> None:
    source = made(tmp_path, "full", repairs=[{"at_s": 1}])
    film, notes = delivered(master, source, tmp_path, ALL)
    with av.open(str(film)) as container:
        assert not container.streams.subtitles and not container.chapters()
        assert [s.language for s in container.streams.audio] == ["deu", "eng"]
    assert {reason for _, _, reason in lost(notes)} == {"repaired", "no_place"}
    assert {"code": "chapters_not_kept", "chapters": 2, "reason": "repaired"} in notes


def test_subtitles_that_are_no_utf_8_cost_no_film(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(source.file.read_bytes().replace("Über".encode(), b"\xdcxber"))
    assert read_tracks(broken)
    files = SourceFiles(broken, source.facts, source.sound)
    _, notes = delivered(master, files, tmp_path)
    assert ("subtitles", "deu", "damaged") in lost(notes)


def test_a_still_picture_has_nothing_to_keep(master: Master, tmp_path: Path) -> None:
    picture, facts = tmp_path / "portrait.png", tmp_path / "source.json"
    ffmpeg(*pattern(seconds=0.04), "-frames:v", "1", "-metadata", "title=Me", picture)
    write_json(facts, {"zero_s": "0", "rate": "25", "audio_track": None})
    film, notes = delivered(master, SourceFiles(picture, facts, tmp_path / "none"), tmp_path)
    assert film.samefile(master.file) and notes == []


def test_a_timecode_is_told(master: Master, tmp_path: Path) -> None:
    file, facts = tmp_path / "source.mov", tmp_path / "source.json"
    ffmpeg(*pattern(), *X264, "-timecode", "01:00:00:00", file)
    write_json(facts, {"zero_s": "0", "rate": "25", "audio_track": None})
    delivered(master, SourceFiles(file, facts, tmp_path / "none"), tmp_path)
    (noted,) = read_notes([tmp_path / "package.json"])
    assert noted.sentences == (
        "Not kept: the timecode (eng, 01:00:00:00): the film has no place for it.",
    )


def test_the_master_s_bytes_are_delivered_without_a_copy(
    master: Master, source: SourceFiles, tmp_path: Path
) -> None:
    for _ in range(2):
        film, _ = delivered(master, source, tmp_path, NOTHING)
        assert film.samefile(master.file)
    assert {path.name for path in tmp_path.iterdir()} == {"v.de.mp4", "package.json"}


def test_a_file_system_without_links_gets_a_copy(
    master: Master, source: SourceFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    film, _ = delivered(master, source, tmp_path, NOTHING)
    assert film.read_bytes() == master.file.read_bytes() and not film.samefile(master.file)


def test_a_film_whose_sound_moved_is_not_delivered(
    master: Master, source: SourceFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = partial(write_film, dub=master.dub, late_ms=20)
    monkeypatch.setattr(stage, "remux", lambda master, added, path: moved(path))
    with pytest.raises(Fault, match=r"its sound is \+.* ms off dub\.flac"):
        delivered(master, source, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_fails_leaves_nothing(
    master: Master, source: SourceFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(master: Path, added: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError

    monkeypatch.setattr(stage, "remux", broken)
    with pytest.raises(RuntimeError):
        delivered(master, source, tmp_path)
    assert not list(tmp_path.iterdir())
