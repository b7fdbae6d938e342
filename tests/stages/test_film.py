"""Segments joined on one exact clock, muxed with a dub of any length by a named policy."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from weakref import WeakSet

import av
import numpy as np
import pytest
import soundfile

from makers import count_frames
from mouthpiece.audio.film_length import FilmLength
from mouthpiece.config.delivery import Delivery
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.cuts import Cut
from mouthpiece.core.delivery_table import DeliveredCut, write_delivery
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.core.timeline import Clock
from mouthpiece.media import sound_track
from mouthpiece.media.decode import read_rgb
from mouthpiece.media.encode import Encoding
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.media.mezzanine import probe_mezzanine
from mouthpiece.patches import film_frames
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import write_patches
from mouthpiece.stages import film as film_stage
from mouthpiece.stages.film import SoundTrack, film
from mouthpiece.stages.normalize import normalize
from mouthpiece.stages.segment import segment
from mouthpiece.stages.sound import sound

CUTS = ((0, 20), (20, 1), (21, 39))
FRAMES = 60
SETTINGS = Delivery()


def make_mezzanine(folder: Path, rate: str = "25", pixel_format: str = "yuv420p") -> Path:
    source = folder / "source.mkv"
    ffmpeg(
        ["-f", "lavfi", "-i", f"testsrc2=size=160x120:rate={rate}", "-frames:v", str(FRAMES)]
        + ["-pix_fmt", pixel_format, "-c:v", "ffv1", str(source)]
    )
    mezzanine = folder / "mezzanine.mp4"
    normalize(
        source,
        mezzanine,
        folder / "a.flac",
        folder / "a.json",
        Normalize(frame_rate=rate),
    )
    return mezzanine


@pytest.fixture(scope="module")
def mezzanine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mezzanine(tmp_path_factory.mktemp("mezzanine"))


def encoding(settings: Delivery) -> Encoding:
    return Encoding(**settings.encoding)


def delivered(first: int, frames: int, action: str) -> DeliveredCut:
    return DeliveredCut(Cut.of(first, frames).cut, first, frames, action == "lipsync", action)


def drawn(frames: int) -> list[Patch]:
    """A red square in the middle of the picture."""
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[..., 0] = 255
    affine = np.array([[1.0, 0, 72], [0, 1, 52]])
    return [Patch(pixels, np.full((16, 16), 255, np.uint8), affine, 1.0)] * frames


def deliver(
    mezzanine: Path,
    folder: Path,
    dub_s: float,
    policy: str = "error",
    actions: tuple[str, ...] = ("passthrough", "passthrough", "lipsync"),
    dub_rate: int = 44100,
    settings: Delivery = SETTINGS,
    noisy: bool = False,
    mix: Path | None = None,
) -> Path:
    rate = probe_mezzanine(mezzanine).rate
    originals, lipsynced, drafts = [], [], []
    for i, ((first, frames), action) in enumerate(zip(CUTS, actions, strict=True)):
        clock = Clock(rate, first, frames)
        originals.append(folder / f"{i}.original.mp4")
        segment(mezzanine, clock, None, originals[-1], encoding(settings))
        if action == "lipsync":
            drafts.append(folder / f"{i}.zip")
            lipsynced.append(folder / f"{i}.lipsync.mp4")
            write_patches(drafts[-1], drawn(frames), "preview")
            segment(mezzanine, clock, drafts[-1], lipsynced[-1], encoding(settings))
    chosen = [delivered(*cut, action) for cut, action in zip(CUTS, actions, strict=True)]
    write_delivery(chosen, folder / "delivery.tsv")
    dub = folder / "dub.flac"
    tone = 0.1 * np.sin(np.arange(round(dub_s * dub_rate)) * 0.05)
    if noisy:
        tone = np.random.default_rng(1).uniform(-0.1, 0.1, len(tone))
    soundfile.write(dub, np.column_stack([tone, tone]), dub_rate)
    path = folder / "film.mp4"
    tracks = SoundTrack(folder / "sound.m4a", folder / "sound.json", dub)
    info = probe_mezzanine(mezzanine)
    write_json(folder / "source.json", {"rate": str(info.rate), "frames": info.frames})
    sound(
        dub=dub, source=folder / "source.json", policy=policy, language="de", track=tracks.track,
        facts=tracks.facts, settings=settings, mix=mix,
    )  # fmt: skip
    film(
        mezzanine=mezzanine,
        delivery=folder / "delivery.tsv",
        originals=originals,
        lipsynced=lipsynced,
        drafts=drafts,
        language="de",
        master=path,
        facts=folder / "film.json",
        settings=settings,
        sound=tracks,
    )
    return path


def rgb(path: Path) -> np.ndarray:
    return np.stack(list(read_rgb(path, probe_mezzanine(path).clock)))


def yuv(path: Path) -> np.ndarray:
    """All samples of all planes, [T, N]."""
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray().ravel() for f in container.decode(video=0)])


def psnr_db(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b.astype(float)) ** 2)))


def test_a_held_picture_keeps_no_others_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Picture:
        pass

    def pictures(mezzanine: Path) -> Iterator[Picture]:
        for _ in range(50):
            picture = Picture()
            alive.add(picture)
            most.append(len(alive))
            yield picture

    alive: WeakSet[Picture] = WeakSet()
    most: list[int] = []
    monkeypatch.setattr(film_stage, "encode", lambda frames, *rest: list(frames))
    monkeypatch.setattr(film_frames, "composited", lambda mezzanine, *rest: pictures(mezzanine))
    cut = film_frames.ShownCut(Clock(Fraction(25), 0, 50), draft=None)
    segments, length = [tmp_path / "a.mp4"], FilmLength(50, 10)
    fitted = film_stage._fitted([cut], segments, length, tmp_path, None, tmp_path, None, 1)
    assert list(fitted) == [tmp_path / "a.mp4", tmp_path / "held.mp4"]
    assert len(most) == 50 and max(most) <= 3


def test_the_film_has_the_picture_s_frames_on_an_exact_clock(
    mezzanine: Path, tmp_path: Path
) -> None:
    path = deliver(mezzanine, tmp_path, dub_s=2.4)
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert [f.pts * video.time_base for f in frames] == [Fraction(i, 25) for i in range(FRAMES)]
        assert (audio.sample_rate, audio.channels) == (44100, 2)
        assert audio.metadata["language"] == "deu"
        assert abs(audio.duration * audio.time_base - Fraction(FRAMES, 25)) < Fraction(1, 25)
    was, now = yuv(mezzanine), yuv(path)
    for i in range(21):
        assert psnr_db(was[i], now[i]) > 42, i
    inside = rgb(path)[21:, 54:66, 74:86]
    assert inside[..., 0].mean() > 230 and inside[..., 1:].mean() < 30
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_film_all_passed_through_is_the_mezzanine_at_45_db(
    mezzanine: Path, tmp_path: Path
) -> None:
    path = deliver(mezzanine, tmp_path, dub_s=2.4, actions=("passthrough",) * 3)
    assert psnr_db(yuv(mezzanine), yuv(path)) >= 45


@pytest.mark.parametrize(
    ("dub_s", "policy", "frames"),
    [
        *((2.45, "error", 60), (3.0, "pad", 75), (2.0, "pad", 60), (3.0, "trim", 60)),
        *((1.2, "trim", 30), (3.0, "auto", 75), (2.0, "auto", 60)),
    ],
)
def test_length_policies(
    mezzanine: Path, tmp_path: Path, dub_s: float, policy: str, frames: int
) -> None:
    path = deliver(mezzanine, tmp_path, dub_s=dub_s, policy=policy)
    assert count_frames(path) == frames
    pictures = rgb(path)
    assert len(pictures) == frames
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert abs(stream.duration * stream.time_base - Fraction(frames, 25)) < Fraction(1, 25)
    if frames > FRAMES:
        assert psnr_db(pictures[FRAMES - 1], pictures[-1]) > 35  # the last picture, its patch too
    if frames == 30:
        assert pictures[-1, 54:66, 74:86, 0].mean() > 230  # the shortened cut kept its patch


def test_without_a_policy_a_dub_of_another_length_is_refused(
    mezzanine: Path, tmp_path: Path
) -> None:
    with pytest.raises(
        InputError, match=r"dub\.flac: the dub is 0\.60 s longer than the picture .*length_policy"
    ):
        deliver(mezzanine, tmp_path, dub_s=3.0)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize(
    ("rate", "pixel_format"), [("30000/1001", "yuv422p10le"), ("50", "yuv444p")]
)
def test_rate_depth_and_chroma_are_carried(tmp_path: Path, rate: str, pixel_format: str) -> None:
    source = make_mezzanine(tmp_path, rate, pixel_format)
    path = deliver(source, tmp_path, dub_s=float(FRAMES / Fraction(rate)))
    found = probe_mezzanine(path)
    assert (found.rate, found.frames, found.pixel_format) == (Fraction(rate), FRAMES, pixel_format)
    assert (found.matrix, found.range) == (
        probe_mezzanine(source).matrix,
        probe_mezzanine(source).range,
    )
    plays = deliver(source, tmp_path, float(FRAMES / Fraction(rate)),
                    settings=Delivery(pixel_format="yuv420p"))  # fmt: skip
    assert probe_mezzanine(plays).pixel_format == "yuv420p"


def join_again(mezzanine: Path, folder: Path) -> None:
    """Join what `deliver` made in a folder once more, as again.mp4."""
    film(
        mezzanine=mezzanine,
        delivery=folder / "delivery.tsv",
        originals=[folder / f"{i}.original.mp4" for i in range(3)],
        lipsynced=[folder / "2.lipsync.mp4"],
        drafts=[folder / "2.zip"],
        language="de",
        master=folder / "again.mp4",
        facts=folder / "again.json",
        settings=SETTINGS,
        sound=SoundTrack(folder / "sound.m4a", folder / "sound.json", folder / "dub.flac"),
    )


def test_a_segment_encoded_otherwise_is_a_fault(mezzanine: Path, tmp_path: Path) -> None:
    deliver(mezzanine, tmp_path, dub_s=2.4)
    other = encoding(Delivery(preset="medium", pixel_format="yuv420p"))
    segment(mezzanine, Clock(Fraction(25), 20, 1), None, tmp_path / "1.original.mp4", other)
    with pytest.raises(Fault, match="encoded with other parameters"):
        join_again(mezzanine, tmp_path)
    assert not (tmp_path / "again.mp4").exists()


@pytest.mark.parametrize(("shown", "held"), [(75, 0), (50, 10)])
def test_the_sound_of_other_cuts_is_a_fault(
    mezzanine: Path, tmp_path: Path, shown: int, held: int
) -> None:
    deliver(mezzanine, tmp_path, dub_s=3.0, policy="pad")
    known = read_json(tmp_path / "sound.json")
    write_json(tmp_path / "sound.json", known | {"shown_frames": shown, "held_frames": held})
    found = rf"sound\.json: is of a picture of {shown} frames, and the cuts have 60; delete it"
    with pytest.raises(Fault, match=found):
        join_again(mezzanine, tmp_path)
    assert not (tmp_path / "again.mp4").exists()


def test_a_film_is_as_long_as_its_sound_was_planned(mezzanine: Path, tmp_path: Path) -> None:
    deliver(mezzanine, tmp_path, dub_s=3.0, policy="pad")
    (tmp_path / "source.json").unlink()  # what the length was planned by
    join_again(mezzanine, tmp_path)
    assert read_json(tmp_path / "again.json") == read_json(tmp_path / "film.json")


def test_the_film_says_what_was_done_to_its_length(mezzanine: Path, tmp_path: Path) -> None:
    deliver(mezzanine, tmp_path, dub_s=3.0, policy="auto")
    assert read_json(tmp_path / "film.json") == {
        "version": 1,
        "frames": 75,
        "compared_parts": 6,
        "sound_late_ms": pytest.approx(0, abs=0.5),
        "notes": [{"code": "picture_held", "s": 0.6}],
    }


def test_a_sample_rate_that_aac_has_not_is_told(mezzanine: Path, tmp_path: Path) -> None:
    deliver(mezzanine, tmp_path, dub_s=2.4, dub_rate=192000)
    notes = [{"code": "sound_resampled", "film_hz": 96000, "hz": 192000}]
    assert read_json(tmp_path / "film.json")["notes"] == notes


def test_a_film_whose_sound_is_off_is_not_delivered(
    mezzanine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(arguments: Sequence[str]) -> object:
        return ffmpeg([a.replace("apad", "adelay=12:all=1,apad") for a in arguments])

    monkeypatch.setattr(sound_track, "ffmpeg", late)
    with pytest.raises(Fault, match=r"film\.mp4: its sound is \+1[12]\.\d ms off dub\.flac"):
        deliver(mezzanine, tmp_path, dub_s=2.4, noisy=True)
    assert not (tmp_path / "film.mp4").exists()


def test_the_same_cut_is_the_same_bytes(tmp_path: Path) -> None:
    mezzanine = make_mezzanine(tmp_path)
    for name in ("a.mp4", "b.mp4"):
        segment(
            mezzanine, Clock(Fraction(25), 0, FRAMES), None, tmp_path / name, encoding(SETTINGS)
        )
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_film_of_a_mix_is_measured_and_amplified_where_its_codec_took_loudness(
    mezzanine: Path, tmp_path: Path
) -> None:
    facts = {"target": "ebu_r128", "by_dialogue": False, "is_quiet": False, "speech_s": []}
    write_json(tmp_path / "mix.json", facts)
    deliver(mezzanine, tmp_path, 2.4, noisy=True, mix=tmp_path / "mix.json")
    found = read_json(tmp_path / "film.json")
    assert found["loudness"]["lufs"] == pytest.approx(-23, abs=0.5)
    assert found["loudness"]["codec_gain_db"] < -1  # uniform noise of 0.1 is louder
    assert found["notes"] == []
