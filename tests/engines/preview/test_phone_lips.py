from pathlib import Path

import numpy as np
import pytest

from mouthpiece.audio import phone_features
from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.preview import lip_network
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.phone_lips import PhoneLips, around
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.scorers.phone_sync import heard_phones

needs_weights = pytest.mark.skipif(
    not phone_features.has_encoder(), reason="the recognizer's weights"
)


def test_around_a_row_are_those_before_and_after_it() -> None:
    rows = np.arange(30.0)[:, None]
    seen = around(rows)
    assert seen[15].tolist() == list(range(5, 26, 2))
    assert seen[0].tolist() == [0] * 6 + [2, 4, 6, 8, 10]


@needs_weights
def test_lips_are_found_for_every_row() -> None:
    sound = 0.1 * np.random.default_rng(0).normal(size=16000).astype(np.float32)
    lips = PhoneLips()
    found = lips.rows(sound)
    assert found.shape == (51, 6)
    np.testing.assert_array_equal(PhoneLips().rows(sound), found)
    net = lip_network.LipPredictor(phones=True)
    assert net.rows(sound).shape == (51, len(lip_network.CONTROLS))


class WideOpen:
    """What says that the mouth is open, whatever is heard."""

    def rows(self, samples: np.ndarray) -> np.ndarray:
        return np.full((len(samples) // 320 + 1, 6), 4.0, np.float32)


def test_the_recognizer_opens_no_mouth_that_the_network_shuts_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lip_network, "PhoneLips", WideOpen)
    silence = np.zeros(16000, np.float32)
    found = lip_network.LipPredictor(phones=True).rows(silence)
    closed = found[:, -1] > lip_network.SHUT_AT
    assert closed.any()
    assert (found[closed, 0] == 0).all()


class Sure:
    """What names the phones of every row, surely or not at all."""

    logit = 0.0

    def __init__(self, tensors: object) -> None:
        pass

    def __call__(self, mel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = (len(mel) + 1) // 2
        classes = np.zeros((rows, lip_network.PHONE_CLASSES), np.float32)
        classes[:, lip_network.LABIODENTAL + 1] = self.logit
        return np.zeros((rows, len(lip_network.CONTROLS)), np.float32), classes


@pytest.mark.parametrize(
    ("logit", "share"), [(9.0, 0), (0.0, lip_network.PHONE_SHARE), (4.0, None)]
)
def test_the_less_sure_the_network_is_of_the_phones_the_less_of_its_own_shape_is_drawn(
    logit: float, share: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sure, "logit", logit)
    monkeypatch.setattr(lip_network, "LipNet", Sure)
    monkeypatch.setattr(lip_network, "PhoneLips", WideOpen)
    found = lip_network.LipPredictor(phones=True).rows(np.zeros(16000, np.float32))
    widths = (found[:, 1] - lip_network.REST[1]) / lip_network.SCALE[1]
    if share is None:
        assert (widths > 0.05).all() and (widths < 4 * lip_network.PHONE_SHARE - 0.05).all()
    else:
        np.testing.assert_allclose(widths, 4 * share, atol=1e-3)


def test_a_doubt_of_one_word_is_little_doubt_of_the_voice() -> None:
    likely = np.full((301, lip_network.PHONE_CLASSES), 1e-4)
    likely[:, 3] = 1 - likely[:, 4:].sum(1) - likely[:, :3].sum(1)
    likely[145:156] = 1 / lip_network.PHONE_CLASSES
    doubt = lip_network._doubt(likely)
    assert doubt[0] == doubt[-1] < 0.02
    assert 0.1 < doubt[150] < 0.5, "of 2.64 in the word itself"


def test_silence_is_no_doubt() -> None:
    likely = np.full((301, lip_network.PHONE_CLASSES), 1e-4)
    likely[:, lip_network.SILENCE] = 1
    likely[:100] = 1 / lip_network.PHONE_CLASSES
    doubt = lip_network._doubt(likely)
    assert doubt[0] == pytest.approx(np.log(lip_network.PHONE_CLASSES), abs=0.02)
    assert doubt[-1] < 0.05


@pytest.mark.parametrize(
    ("heard", "logit", "opening", "is_shut"),
    [
        (lip_network.BILABIAL, 3.0, 0.0, True),
        (lip_network.BILABIAL, 3.0, 0.2, False),
        (lip_network.BILABIAL, 12.0, 0.2, True),
        (lip_network.SILENCE, 12.0, 0.2, True),
    ],
)
def test_a_doubtful_closure_holds_where_the_recognizer_hears_no_open_mouth(
    heard: int, logit: float, opening: float, is_shut: bool
) -> None:
    raw = np.full((1, len(lip_network.CONTROLS)), 3.0, np.float32)
    classes = np.zeros((1, lip_network.PHONE_CLASSES), np.float32)
    classes[0, heard] = logit
    found = lip_network.to_controls(raw, classes, np.array([opening]))
    assert (found[0, 0] == 0) == is_shut
    assert lip_network.to_controls(raw, classes)[0, 0] == 0, "alone, the network is believed"


@pytest.mark.parametrize(
    ("heard", "gap"),
    [
        (lip_network.LABIODENTAL, lip_network.BITTEN_GAP),
        (lip_network.BILABIAL, 0),
        (lip_network.SILENCE, 0),
    ],
)
@pytest.mark.parametrize("opening", [None, np.array([0.0])])
def test_the_lower_lip_at_the_teeth_leaves_a_gap_that_closed_lips_do_not(
    heard: int, gap: float, opening: np.ndarray | None
) -> None:
    raw = np.full((1, len(lip_network.CONTROLS)), -2.0, np.float32)
    raw[0, -1] = 3.0
    classes = np.zeros((1, lip_network.PHONE_CLASSES), np.float32)
    classes[0, heard] = 12.0
    found = lip_network.to_controls(raw, classes, opening)[0]
    assert found[0] == pytest.approx(gap, abs=1e-4)
    assert (found[-1] > lip_network.SHUT_AT) == (gap == 0)


def test_without_the_recognizer_the_network_hears_alone_and_the_row_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = set()
    for here, hearing in ((True, "phones"), (False, "bands")):
        monkeypatch.setattr(phone_features, "has_encoder", lambda here=here: here)
        settings = PreviewSettings()
        assert Preview(settings).facts(Path("avatar")) == {"hearing": hearing}
        assert settings.weight_users == ()
        versions.add(settings.weights_version("draft"))
    assert len(versions) == 2, "a draft is made again when the weights come"


def test_who_hears_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_features, "has_encoder", lambda: True)
    planned, engine = PreviewSettings().resolved(), Preview(PreviewSettings())
    assert planned.hearing == "phones" and planned.unused_packages == frozenset()
    monkeypatch.setattr(phone_features, "has_encoder", lambda: False)
    assert engine.facts(Path("avatar")) == {"hearing": "phones"}
    assert planned.resolved().hears_phones, "a job on another machine decides nothing"
    assert PreviewSettings().resolved().unused_packages == {"ctranslate2"}


@needs_weights
def test_who_speaks_and_what_is_drawn_are_heard_by_one_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ctranslate2

    loaded: list[str] = []
    load = ctranslate2.models.Whisper

    def counted(folder: str, **options: object) -> ctranslate2.models.Whisper:
        loaded.append(folder)
        return load(folder, **options)

    monkeypatch.setattr(ctranslate2.models, "Whisper", counted)
    phone_features.phone_encoder.cache_clear()
    sound = np.zeros(SAMPLE_RATE, np.float32)
    heard_phones(Speech(sound, 0), 25)
    PhoneLips().rows(sound)
    assert len(loaded) == 1


def test_an_encoder_that_a_job_lacks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise InputError(f"weight file {name} is missing")

    monkeypatch.setattr(phone_features, "verified_weight_path", missing)
    with pytest.raises(Fault, match=r"config\.json is missing"):
        phone_features.PhoneEncoder().rows(np.zeros(16000, np.float32))


def test_an_encoder_in_two_folders_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def found(names: tuple[str, ...]) -> tuple[str, Path]:
        return names[0], tmp_path / ("a" if "model.bin" in names[0] else "b") / Path(names[0]).name

    monkeypatch.setattr(phone_features, "find_weight", found)
    assert not phone_features.has_encoder()


def test_a_recognizer_that_is_asked_for_must_be_there() -> None:
    assert PreviewSettings(hearing="phones").weight_users == ("faster_whisper-base",)
    assert not PreviewSettings(hearing="bands").hears_phones
