"""Films in other forms: HEVC, ProRes, DNxHR, stems."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from makers import AAC, X264, beep, ffmpeg, pattern
from mouthpiece.config.delivery import Delivery
from mouthpiece.core.delivery_table import DeliveredCut, write_delivery
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.notes import Note
from mouthpiece.media.mp4_flags import hide_tracks
from mouthpiece.stages.deliverable import FilmFiles, deliverable
from mouthpiece.stages.stems import stems

FRAMES = 12
AS_BT709 = (
    "format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
)
TEXT = "1\n00:00:00,100 --> 00:00:00,400\nHallo\n"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> FilmFiles:
    """A film of 13 frames, the last one held, with further sound, subtitles and a chapter."""
    folder = tmp_path_factory.mktemp("film")
    return made(folder, "256x128")


def made(folder: Path, size: str) -> FilmFiles:
    mezzanine, sound, web = folder / "mezzanine.mp4", folder / "dub.flac", folder / "v.de.mp4"
    picture = pattern("30000/1001", FRAMES * 1001 / 30000, size)
    ffmpeg(*picture, "-vf", AS_BT709, "-frames:v", FRAMES, *X264, "-g", "1", mezzanine)
    length = ("-t", str((FRAMES + 1) * 1001 / 30000))
    ffmpeg(*beep(0.1, 0.6, 48000), "-ac", "2", *length, sound)
    (folder / "de.srt").write_text(TEXT)
    (folder / "chapters.txt").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=200\ntitle=One\n"
    )
    ffmpeg(
        *pattern("30000/1001", 1, size), "-i", sound, *beep(0.2, 1), "-i", folder / "de.srt", "-i",
        folder / "chapters.txt", *("-map", "0", "-map", "1", "-map", "2", "-map", "3"),
        *("-map_chapters", "4", *X264, *AAC, "-c:s", "mov_text", *length),
        *("-metadata", "title=Talk"),
        *("-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=eng"),
        *("-metadata:s:s:0", "language=deu", "-disposition:s:0", "0", web),
    )  # fmt: skip
    hide_tracks(web, [3])
    write_delivery(
        [DeliveredCut("000000-000011", 0, FRAMES, True, "passthrough")], folder / "delivery.tsv"
    )
    write_json(folder / "film.json", {"frames": FRAMES + 1})
    drafts = [folder / "draft.zip"]
    return FilmFiles(mezzanine, folder / "delivery.tsv", drafts, folder / "film.json", sound, web)


def delivered(film: FilmFiles, folder: Path, profile: str, form: str) -> Path:
    path = folder / f"v.de.{profile}.{form}"
    deliverable(
        film=film, profile=profile, settings=Delivery(hevc_preset="ultrafast"),
        path=path, facts=folder / "facts.json",
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("profile", "form", "codec", "pixels", "tag"),
    [
        ("hevc", "mp4", "hevc", "yuv420p", "hvc1"),
        ("prores", "mov", "prores", "yuv422p10le", "apch"),
        ("dnxhr", "mov", "dnxhd", "yuv422p10le", "AVdh"),
    ],
)
def test_each_profile_has_the_film_s_frames_sound_and_tracks(
    film: FilmFiles, tmp_path: Path, profile: str, form: str, codec: str, pixels: str, tag: str
) -> None:
    path = delivered(film, tmp_path, profile, form)
    with av.open(str(path)) as found:
        video, sounds = found.streams.video[0], found.streams.audio
        context = video.codec_context
        assert (context.name, video.pix_fmt, context.codec_tag) == (codec, pixels, tag)
        assert (video.frames, video.average_rate) == (FRAMES + 1, Fraction(30000, 1001))
        colours = (context.color_primaries, context.color_trc, context.colorspace)
        assert (*colours, context.color_range) == (1, 1, 1, 1)
        assert [s.language for s in (*sounds, *found.streams.subtitles)] == ["deu", "eng", "deu"]
        assert sounds[0].codec_context.name == ("aac" if profile == "hevc" else "pcm_s24le")
        assert [bool(s.disposition) for s in (*sounds, *found.streams.subtitles)] == [
            True, False, False
        ]  # fmt: skip
        assert found.metadata["title"] == "Talk" and len(found.chapters()) == 1
        assert len(list(found.decode(video))) == FRAMES + 1
    assert read_json(tmp_path / "facts.json")["notes"] == []


def test_the_picture_is_the_mezzanine_s_and_the_sound_the_dub_s(
    film: FilmFiles, tmp_path: Path
) -> None:
    path = delivered(film, tmp_path, "prores", "mov")
    with av.open(str(film.mezzanine)) as was, av.open(str(path)) as now:
        pairs = zip(was.decode(video=0), now.decode(video=0), strict=False)
        off = [
            a.to_ndarray(format="gray").astype(float) - b.to_ndarray(format="gray")
            for a, b in pairs
        ]
    assert len(off) == FRAMES and np.sqrt(np.mean(np.square(off))) < 2
    with av.open(str(path)) as now:
        heard = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in now.decode(audio=0)])
    dub, _ = soundfile.read(film.sound, dtype="int32")
    np.testing.assert_array_equal(heard[: len(dub)] >> 8, dub >> 8)


def test_mxf_has_the_sound_alone_and_says_so(film: FilmFiles, tmp_path: Path) -> None:
    path = delivered(film, tmp_path, "dnxhr", "mxf")
    with av.open(str(path)) as found:
        assert found.format.name == "mxf" and len(found.streams.audio) == 1
    assert [n["code"] for n in read_json(tmp_path / "facts.json")["notes"]] == [
        "mxf_without_tracks"
    ]


def test_a_picture_that_is_too_small_for_dnxhr_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only from 256x120"):
        delivered(made(tmp_path, "128x96"), tmp_path, "dnxhr", "mov")


def stem_files(folder: Path, form: str, **parts: object) -> dict[str, Path]:
    write_json(folder / "film.json", {"frames": 30})
    write_json(folder / "source.json", {"rate": "30000/1001"})
    ffmpeg(*beep(0.3, 0.7, 44100), folder / "mix.flac")
    stems(
        mix=folder / "mix.flac", film=folder / "film.json", source=folder / "source.json",
        form=form, name="v.de", folder=folder / "stems", facts=folder / "stems.json", **parts,
    )  # fmt: skip
    return {path.name.split(".")[2]: path for path in (folder / "stems").iterdir()}


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_stems_have_one_length_and_rate(tmp_path: Path, form: str) -> None:
    ffmpeg(*beep(0.3, 2, 48000), tmp_path / "dub.flac")
    ffmpeg(*beep(0.5, 0.5, 44100), "-ac", "2", tmp_path / "background.flac")
    parts = {"dialogue": tmp_path / "dub.flac", "background": tmp_path / "background.flac"}
    files = stem_files(tmp_path, form, **parts)
    found = {name: soundfile.info(path) for name, path in files.items()}
    assert {(i.frames, i.samplerate, i.subtype) for i in found.values()} == {
        (44144, 44100, "PCM_24")
    }
    assert {name: i.channels for name, i in found.items()} == {
        "dialogue": 1, "background": 2, "mix": 1
    }  # fmt: skip
    assert read_json(tmp_path / "stems.json")["notes"] == []
    if form == "wav":
        head = files["dialogue"].read_bytes()[:4000]
        assert b"bext" in head and b"v.de: dialogue" in head


def test_a_given_mix_is_the_one_stem(tmp_path: Path) -> None:
    files = stem_files(tmp_path, "wav", dialogue=None, background=None)
    assert list(files) == ["mix"]
    assert [n["code"] for n in read_json(tmp_path / "stems.json")["notes"]] == ["stems_mix_alone"]


def test_the_stems_in_which_the_dub_is_heard_are_marked(tmp_path: Path) -> None:
    marked = []

    class Marks:
        def apply(self, bare: Path, path: Path) -> list[Note]:
            marked.append(path.name)
            bare.rename(path)
            return [Note("signed_by_test_certificate")]

    ffmpeg(*beep(0.3, 1, 48000), tmp_path / "dub.flac")
    parts = {"dialogue": tmp_path / "dub.flac", "background": tmp_path / "dub.flac"}
    files = stem_files(tmp_path, "wav", **parts, marks=Marks())
    assert marked == ["v.de.dialogue.wav", "v.de.mix.wav"] and len(files) == 3
    assert read_json(tmp_path / "stems.json")["notes"] == [{"code": "signed_by_test_certificate"}]
