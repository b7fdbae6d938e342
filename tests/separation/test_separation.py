"""Sound of any length, rate and layout is separated into stems that sum to it."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from mouthpiece.core.errors import Fault
from mouthpiece.media.flac import FlacWriter
from mouthpiece.separation.base import NetworkSeparator, Separator, Stems, voice_groups
from mouthpiece.separation.duck.settings import DuckSettings
from mouthpiece.separation.off.settings import OffSettings
from mouthpiece.separation.sound import FULL_SCALE, Sound, StemWriter

RATE_HZ = 8000

Write = Callable[..., Sound]


class Half(NetworkSeparator):
    """Takes half of what it hears for the voice, and remembers what it heard."""

    rate_hz, block_s, overlap_s = RATE_HZ, 1.0, 0.25

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []

    def voice(self, sound: np.ndarray) -> np.ndarray:
        assert sound.dtype == np.float32 and len(sound) == 2
        self.heard.append(sound)
        return sound / 2


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write samples as a FLAC file of 24 bit."""

    def written(samples: np.ndarray, layout: str = "mono", rate_hz: int = RATE_HZ) -> Sound:
        path = tmp_path / "source.flac"
        with FlacWriter(path, rate_hz, layout) as file:
            file.add(samples / FULL_SCALE)
        return Sound(path)

    return written


def noise(samples: int, channels: int = 1) -> np.ndarray:
    """Noise, [N, C] int32 of 24 bit."""
    random = np.random.default_rng(samples + channels)
    return random.integers(-(FULL_SCALE // 2), FULL_SCALE // 2, (samples, channels), dtype=np.int32)


def joined(separator: Separator, sound: Sound) -> Stems:
    pieces = list(separator.stems(sound))
    return Stems(
        np.concatenate([piece.voice for piece in pieces]),
        np.concatenate([piece.background for piece in pieces]),
    )


@pytest.mark.parametrize("samples", [1, 1999, 2000, 2001, 7999, 8000, 8001, 14000, 14001, 30011])
@pytest.mark.parametrize("channels", [1, 2])
def test_stems_of_any_length_sum_to_the_source(samples: int, channels: int, write: Write) -> None:
    source = noise(samples, channels)
    found = joined(Half(), write(source, ("mono", "stereo")[channels - 1]))
    assert found.voice.shape == source.shape
    assert np.array_equal(found.voice + found.background, source)
    assert np.abs(found.voice - source / 2).max(initial=0) <= 1


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44056, 48000, 96000])
def test_a_source_of_any_rate_is_separated_at_the_network_s(rate_hz: int, write: Write) -> None:
    """A tone far below all rates comes back where it was."""
    time_s = np.arange(2 * rate_hz + 7) / rate_hz
    tone = np.rint(0.5 * FULL_SCALE * np.sin(2 * np.pi * 440 * time_s))[:, None].astype(np.int32)
    found = joined(Half(), write(tone, rate_hz=rate_hz))
    assert np.array_equal(found.voice + found.background, tone)
    inner = slice(rate_hz // 10, -rate_hz // 10)
    error = found.voice[inner] - tone[inner] / 2
    assert np.abs(error).max() < 0.002 * FULL_SCALE


def test_blocks_are_bounded_and_fade_into_each_other(write: Write) -> None:
    class Louder(Half):
        """Each block's voice is louder than that of the one before."""

        def voice(self, sound: np.ndarray) -> np.ndarray:
            return super().voice(sound) * np.float32(0.1 * len(self.heard))

    separator = Louder()
    level = np.full((5 * RATE_HZ, 1), FULL_SCALE // 2, np.int32)
    voice = joined(separator, write(level)).voice[:, 0] / FULL_SCALE
    assert max(block.shape[1] for block in separator.heard) <= RATE_HZ
    assert len(separator.heard) == 7
    assert np.abs(np.diff(voice)).max() < 0.0001  # no step from one block to the next


@pytest.mark.parametrize(
    ("layout", "heard", "voiced"),
    [
        ("mono", [1], [0]),
        ("stereo", [2], [0, 1]),
        ("3.0", [2, 1], [0, 1, 2]),
        ("5.1", [2, 1], [0, 1, 2]),
        ("5.1(side)", [2, 1], [0, 1, 2]),
        ("7.1", [2, 1], [0, 1, 2]),
        ("quad", [2], [0, 1]),
    ],
)
def test_voices_are_in_the_fronts_and_the_centre(
    layout: str, heard: list[int], voiced: list[int], write: Write
) -> None:
    channels = len(av.AudioLayout(layout).channels)
    source = noise(4000, channels)
    separator, sound = Half(), write(source, layout)
    assert sound.layout == layout
    found = joined(separator, sound)
    same = [bool(np.array_equal(*block)) for block in separator.heard]
    assert [1 if alike else 2 for alike in same] == heard
    assert [i for i in range(channels) if found.voice[:, i].any()] == voiced
    assert np.array_equal(found.voice + found.background, source)
    assert list(separator.separated(sound.channels)) == [sound.channels[i] for i in voiced]


def test_channels_of_no_known_names_are_heard_as_a_pair() -> None:
    assert voice_groups(["A", "B", "C"]) == [(0, 1)]


def test_a_voice_on_one_side_is_heard_as_mono(write: Write) -> None:
    """A network of stereo hears a dead channel as something that music is mixed to."""
    source = noise(4000, 2)
    source[:, 1] = 3  # dither
    separator = Half()
    found = joined(separator, write(source, "stereo"))
    assert all(np.array_equal(*block) for block in separator.heard)
    assert not found.voice[:, 1].any() and np.array_equal(found.background[:, 1], source[:, 1])


def test_silence_asks_no_network(write: Write) -> None:
    separator = Half()
    found = joined(separator, write(np.zeros((30000, 2), np.int32), "stereo"))
    assert separator.heard == [] and not found.voice.any() and not found.background.any()


def test_a_voice_beyond_full_scale_is_cut_and_the_sum_is_kept(write: Write) -> None:
    class Wild(Half):
        def voice(self, sound: np.ndarray) -> np.ndarray:
            return sound * np.float32(-9)

    source = noise(9000)
    found = joined(Wild(), write(source))
    assert np.array_equal(found.voice + found.background, source)
    assert max(np.abs(found.voice).max(), np.abs(found.background).max()) <= FULL_SCALE


@pytest.mark.parametrize("settings", [DuckSettings(), OffSettings()])
def test_separators_that_separate_nothing(settings: DuckSettings, write: Write) -> None:
    source = noise(50000, 2)
    separator: Separator = settings.build()
    found = joined(separator, write(source, "stereo"))
    assert np.array_equal(found.voice, source)
    kept = source if separator.holds_voice else 0 * source
    assert np.array_equal(found.background, kept)


def test_a_damaged_source_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "source.flac"
    path.write_bytes(b"fLaC" + bytes(100))
    with pytest.raises(Fault, match="delete it and run again"):
        Sound(path)


def test_a_file_keeps_its_channels_and_its_24_bits(write: Write, tmp_path: Path) -> None:
    source = noise(100_003, 6)
    write(source, "5.1(side)", 48000)
    info = soundfile.info(tmp_path / "source.flac")
    assert (info.subtype, info.samplerate, info.frames) == ("PCM_24", 48000, 100_003)
    read, _ = soundfile.read(tmp_path / "source.flac", dtype="int32")
    assert np.array_equal(read >> 8, source)


def test_the_same_samples_give_the_same_bytes(write: Write, tmp_path: Path) -> None:
    found = set()
    for _ in range(2):
        write(noise(5000))
        found.add((tmp_path / "source.flac").read_bytes())
    assert len(found) == 1


def test_levels_are_measured_piece_by_piece(write: Write, tmp_path: Path) -> None:
    square = np.full((1000, 2), FULL_SCALE // 10, np.int32)
    sound = write(square, "stereo")
    with StemWriter(tmp_path / "stem.flac", sound) as stem:
        assert stem.dbfs == -120.0
        for piece in (square[:300], square[300:]):
            stem.add(piece)
    assert stem.dbfs == -20.0
    assert (tmp_path / "stem.flac").read_bytes() == (tmp_path / "source.flac").read_bytes()
