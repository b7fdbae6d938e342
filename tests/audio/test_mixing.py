"""Where a dub is heard, when the background falls, and the stream of both."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.ducking import Ducking, joined, speech_spans
from mouthpiece.audio.mixing import Layer, Mixture
from mouthpiece.audio.panning import panning

MONO, STEREO = ("FC",), ("FL", "FR")
SURROUND = ("FL", "FR", "FC", "LFE", "SL", "SR")
HALF_POWER = 0.5**0.5


@pytest.mark.parametrize(
    ("dub", "film", "wanted"),
    [
        (MONO, MONO, [[1]]),
        (MONO, STEREO, [[HALF_POWER, HALF_POWER]]),
        (MONO, SURROUND, [[0, 0, 1, 0, 0, 0]]),
        (STEREO, STEREO, [[1, 0], [0, 1]]),
        (STEREO, MONO, [[HALF_POWER], [HALF_POWER]]),
        (STEREO, SURROUND, [[0, 0, HALF_POWER, 0, 0, 0]] * 2),
        (SURROUND, SURROUND, np.eye(6)),
        (MONO, ("FL", "FR", "BL", "BR"), [[HALF_POWER, HALF_POWER, 0, 0]]),
        (("FL", "FR", "FC", "LFE", "BL", "BR"), SURROUND, np.eye(6)),
        (
            SURROUND,
            STEREO,
            [[1, 0], [0, 1], [HALF_POWER] * 2, [0, 0], [HALF_POWER, 0], [0, HALF_POWER]],
        ),
    ],
)
def test_the_place_of_a_dub(
    dub: tuple[str, ...], film: tuple[str, ...], wanted: list[list[float]]
) -> None:
    np.testing.assert_allclose(panning(dub, film), wanted)


def test_a_mono_file_may_name_its_channel_otherwise() -> None:
    assert panning(("FL",), STEREO).tolist() == [[HALF_POWER, HALF_POWER]]


def write(path: Path, levels: list[tuple[float, float]], rate: int = 16_000) -> Path:
    """Noise by pieces: seconds and amplitude of each."""
    rng = np.random.default_rng(0)
    parts = [level * rng.normal(size=round(s * rate)) for s, level in levels]
    soundfile.write(path, np.concatenate(parts), rate, subtype="PCM_24")
    return path


@pytest.mark.parametrize("floor", [0, 0.0005])
def test_speech_is_found_over_silence_and_over_a_room(tmp_path: Path, floor: float) -> None:
    dub = write(tmp_path / "d.flac", [(2, floor), (1, 0.1), (1, floor), (0.5, 0.05), (2, floor)])
    found = speech_spans(dub)
    assert np.asarray(found) == pytest.approx(np.array([[2, 3], [4, 4.5]]), abs=0.05)


def test_no_speech_is_found_in_silence(tmp_path: Path) -> None:
    assert speech_spans(write(tmp_path / "d.flac", [(3, 1e-5)])) == []


def test_speech_that_never_stops_is_speech(tmp_path: Path) -> None:
    assert speech_spans(write(tmp_path / "d.flac", [(3, 0.1)])) == [(0.0, 3.0)]


def test_close_spans_are_joined() -> None:
    assert joined([(0, 1), (1.4, 2), (3, 4)], 0.5) == [(0, 2), (3, 4)]


def test_the_background_is_down_when_the_first_word_comes(tmp_path: Path) -> None:
    rate = 8000
    soundfile.write(tmp_path / "b.wav", np.full((5 * rate, 2), 0.5), rate, subtype="FLOAT")
    ducking = Ducking([(2.0, 3.0)], 6.0, 0.1, 0.5)
    layer = Layer(tmp_path / "b.wav", np.eye(2), ducking)
    mixed = np.concatenate(list(Mixture((layer,), rate, 6 * rate).blocks()))
    level = 20 * np.log10(np.maximum(mixed[:, 1], 1e-9) / 0.5)
    assert level[[0, round(1.89 * rate)]] == pytest.approx(0, abs=1e-6)
    assert level[2 * rate : 3 * rate] == pytest.approx(-6, abs=1e-6)
    assert level[round(3.25 * rate)] == pytest.approx(-3, abs=0.01)
    assert level[round(3.51 * rate)] == pytest.approx(0, abs=1e-6)
    assert not mixed[5 * rate :].any()  # silence after its end


def test_a_short_layer_and_a_long_one_are_as_long_as_the_film(tmp_path: Path) -> None:
    rate = 8000
    for name, count in (("short", 100), ("long", 90_000)):
        soundfile.write(tmp_path / f"{name}.wav", np.full(count, 0.25), rate, subtype="FLOAT")
    layers = tuple(Layer(tmp_path / f"{name}.wav", np.eye(1)) for name in ("short", "long"))
    mixed = np.concatenate(list(Mixture(layers, rate, 20_001).blocks()))
    assert len(mixed) == 20_001
    assert mixed[[0, 99, 100, -1], 0].tolist() == [0.5, 0.5, 0.25, 0.25]
