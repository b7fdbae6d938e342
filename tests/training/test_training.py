"""The training as a whole, on a corpus of noise, for a step or two."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mouthpiece.audio.logmel import BANDS, SAMPLE_RATE
from mouthpiece.audio.phone_features import FEATURES
from mouthpiece.audio.whisper_mel import ROW
from mouthpiece.engines.preview.lip_network import CONTROLS, WEIGHTS
from mouthpiece.faces.mouth import MEASURES
from mouthpiece.scorers import lse, phone_sync
from mouthpiece.training import texts
from mouthpiece.training.augment import other_sound, read_at
from mouthpiece.training.batches import Windows
from mouthpiece.training.dataset import TEST_CLIPS, VALIDATION_CLIPS, Corpus, at_steps, splits
from mouthpiece.training.intervals import mean, share
from mouthpiece.training.lip_metrics import _lag
from mouthpiece.training.logmel import log_mel
from mouthpiece.training.networks import LipNet
from mouthpiece.training.prepare import words
from mouthpiece.training.publish import publish
from mouthpiece.training.readings import Reading
from mouthpiece.training.sync_metrics import Judged, _separation
from mouthpiece.training.talkers import NAME as TALKERS
from mouthpiece.training.train_lips import LipTraining, train_lips
from mouthpiece.training.train_phone_sync import PhoneSyncTraining, batch, train_phone_sync
from mouthpiece.training.train_sync import SyncTraining, offset_curves, other_faces, train_sync
from mouthpiece.weights import embedded

CPU = torch.device("cpu")


def corpus(clips: int, film: bool) -> Corpus:
    chance = np.random.default_rng(clips)
    return Corpus(
        [f"s1/{i:03}" for i in range(clips)],
        [chance.integers(-3000, 3000, 3 * SAMPLE_RATE).astype(np.int16) for _ in range(clips)],
        [chance.normal(size=(75, len(MEASURES))).astype(np.float32) for _ in range(clips)]
        if film
        else None,
        [chance.uniform(0, 1, (301, len(CONTROLS))).astype(np.float32) for _ in range(clips)],
        [chance.integers(-1, 14, 301).astype(np.int8) for _ in range(clips)],
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    corpus(TEST_CLIPS + VALIDATION_CLIPS + 4, True).save(folder, "film")
    corpus(5, False).save(folder, "voices")
    return folder


def test_a_corpus_is_read_as_written(data: Path) -> None:
    wanted = corpus(5, False)
    found = Corpus.load(data, "voices")
    assert found.names == wanted.names
    assert found.measures is None
    for a, b in zip(found.samples + found.classes, wanted.samples + wanted.classes, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(found.shapes[3], wanted.shapes[3], atol=1e-3)


def test_a_film_is_divided_into_pieces_that_share_no_moment() -> None:
    whole = corpus(2, True)
    found = whole.pieces(1)
    assert found.names == ["s1/000"] * 3 + ["s1/001"] * 3
    assert found.measures is not None and whole.measures is not None
    for clip in range(2):
        own = slice(3 * clip, 3 * clip + 3)
        np.testing.assert_array_equal(np.concatenate(found.samples[own]), whole.samples[clip])
        np.testing.assert_array_equal(np.concatenate(found.measures[own]), whole.measures[clip])
    assert [len(shapes) for shapes in found.shapes[:3]] == [100] * 3


@pytest.mark.parametrize(("length_s", "kept_s"), [(4, [3.0]), (2, [2.0, 1.0]), (7, [3.0])])
def test_the_end_of_a_clip_is_a_shorter_piece(length_s: int, kept_s: list[float]) -> None:
    found = corpus(1, True).pieces(length_s)
    assert [len(samples) / SAMPLE_RATE for samples in found.samples] == kept_s


def test_the_end_of_a_clip_is_left_out_where_it_is_under_half_a_piece() -> None:
    whole = corpus(1, True)
    assert whole.measures is not None
    short = Corpus(whole.names, [whole.samples[0][: round(2.3 * SAMPLE_RATE)]],
                   [whole.measures[0][:57]], whole.shapes, whole.classes)  # fmt: skip
    assert [len(samples) / SAMPLE_RATE for samples in short.pieces(1).samples] == [1.0, 1.0]


def test_voices_have_no_pieces_of_film() -> None:
    with pytest.raises(ValueError, match="no film"):
        corpus(1, False).pieces(1)


def test_windows_are_of_as_many_clips_as_there_are() -> None:
    windows = Windows(corpus(5, True), CPU)
    for count in (3, 5, 12):
        generator = torch.Generator().manual_seed(count)
        clips, _ = windows.pick(count, torch.tensor(1.0), generator)
        assert len(clips) == count
        assert clips.bincount(minlength=5).max() == -(-count // 5)


def test_the_scorer_learns_from_talkers_where_there_are_any(data: Path, tmp_path: Path) -> None:
    how = SyncTraining(steps=1, film=4, talkers=2, voices=2)
    without = train_sync(data, how, CPU).state_dict()
    for path in data.iterdir():
        (tmp_path / path.name).symlink_to(path)
    corpus(1, True).save(tmp_path, TALKERS)
    told = train_sync(tmp_path, how, CPU).state_dict()
    assert any(not torch.equal(without[key], told[key]) for key in told)
    left_out = train_sync(tmp_path, replace(how, talkers=0), CPU).state_dict()
    assert all(torch.equal(without[key], left_out[key]) for key in without)


def test_splits_share_no_clip_and_others_are_never_trained_on() -> None:
    names = [f"s1/{i:03}" for i in range(100)] + ["other/a", "other/b"]
    parts = splits(names)
    assert sorted(i for part in parts.values() for i in part) == list(range(102))
    assert parts["other"] == [100, 101]
    assert parts == splits(names)


def test_training_lips_is_seeded_and_publishes(data: Path, tmp_path: Path) -> None:
    how = LipTraining(steps=2, film=2, voices=2, window_s=1.0)
    one, two = (train_lips(data, how, CPU).state_dict() for _ in range(2))
    assert all(torch.equal(one[key], two[key]) for key in one)
    net = LipNet()
    net.load_state_dict(one)
    publish(net, WEIGHTS, tmp_path)
    loaded = embedded.load(WEIGHTS, tmp_path)
    assert all(np.array_equal(one[key].numpy(), loaded[key]) for key in one)


def test_training_sync_changes_both_towers(data: Path) -> None:
    how = SyncTraining(steps=1, film=4, voices=2)
    untrained = train_sync(data, SyncTraining(steps=0, film=4, voices=2), CPU).state_dict()
    trained = train_sync(data, how, CPU).state_dict()
    for key in ("lip_tower.0.weight", "sound_tower.0.weight", "classes.weight"):
        assert not torch.equal(untrained[key], trained[key])


class Hum:
    """An encoder that hears a feature of each row."""

    def rows(self, samples: np.ndarray) -> np.ndarray:
        level = np.abs(samples[: len(samples) // ROW * ROW]).reshape(-1, ROW).mean(1)
        features = np.zeros((len(level) + 1, FEATURES), np.float32)
        features[:-1] = level[:, None]
        return features


def test_training_the_towers_that_hear_by_a_recognizer(data: Path) -> None:
    trained = [
        train_phone_sync(data, PhoneSyncTraining(steps=steps, film=4), CPU, Hum())  # type: ignore[arg-type]
        for steps in (0, 1, 1)
    ]
    for key in ("lip_tower.0.weight", "sound_tower.0.weight"):
        assert not np.array_equal(trained[0][key], trained[1][key])
    shipped = embedded.load(phone_sync.WEIGHTS)
    for key, value in trained[1].items():
        assert np.array_equal(value, trained[2][key])
        assert value.shape == shipped[key].shape and value.dtype == np.float32
    assert trained[1].keys() == shipped.keys()


def test_windows_of_readings_hold_lips_and_sound_of_one_moment() -> None:
    """Lips and sound count their frames of the clip, which is heard faster than it is."""
    film = corpus(2, True)
    assert film.measures is not None
    for measures in film.measures:
        measures[:] = np.arange(75)[:, None]
    rows = ((np.arange(120)[:, None] + 0.5) * 0.5 * 1.25 - 0.5).astype(np.float32)
    heard = [Reading(rows, clip, 1.25) for clip in (0, 1)]
    chance, how = np.random.default_rng(3), PhoneSyncTraining(film=2)
    for _ in range(20):
        sound, seen, late = batch(film, heard, 12, how, chance)
        assert sound.shape == (2, 24, 1) and seen.shape == (2, 12, len(MEASURES))
        for clip in range(2):
            of_frame = sound[clip, :, 0].view(12, 2).mean(1) - 1.25 * late[clip]
            np.testing.assert_allclose(seen[clip, :, 0], of_frame, atol=1e-3)


def test_trains_on_the_arithmetic_that_judges() -> None:
    torch.manual_seed(0)
    lips, sound = (torch.nn.functional.normalize(torch.randn(3, 20, 8), dim=2) for _ in range(2))
    curves = offset_curves(lips, sound)
    for i in range(3):
        for j in range(3):
            wanted = lse.curve(lse.distance_table(lips[i].numpy(), sound[j].numpy()))
            np.testing.assert_allclose(curves[i, j].numpy(), wanted, atol=2e-3)


def test_windows_read_sound_and_film_at_the_same_time() -> None:
    film = corpus(3, True)
    assert film.measures is not None
    windows = Windows(film, CPU)
    clips = torch.tensor([2, 0])
    at = torch.tensor([[0.02, 0.06, 1.02]] * 2, dtype=torch.float64)
    np.testing.assert_allclose(
        windows.measures(clips, at)[0], film.measures[2][[0, 1, 25]], atol=1e-5
    )
    sound = windows.sound(clips, at)[1].numpy() * 32768
    np.testing.assert_allclose(sound, film.samples[0][[320, 960, 16320]], atol=1)
    assert windows.sound(clips, torch.full((2, 1), -0.5, dtype=torch.float64)).abs().max() == 0


def test_other_sounds_keep_time_and_are_seeded() -> None:
    clicks = torch.zeros(8, SAMPLE_RATE)
    clicks[:, 8000:8400] = torch.randn((8, 400), generator=torch.Generator().manual_seed(2))
    one, two = (other_sound(clicks, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)
    assert one.shape == log_mel(clicks).shape == (8, 101, BANDS)
    assert torch.isfinite(one).all()
    loudest = one.mean(2).argmax(1)
    assert ((loudest - 51).abs() <= 3).all()


def test_other_faces_move_at_the_same_time() -> None:
    seen = torch.zeros(16, 40, len(MEASURES))
    seen[:, 20:] = 0.05
    moved = other_faces(seen, torch.Generator().manual_seed(1))
    assert moved.shape == seen.shape
    step = moved.diff(dim=1)
    assert int(step.abs().mean((0, 2)).argmax()) in (18, 19, 20)


def test_reading_beyond_the_ends_is_silence() -> None:
    samples = torch.arange(5.0)[None]
    found = read_at(samples, torch.tensor([-1.0, 0.5, 3.5, 9.0]))
    assert found.tolist() == [[0, 0.5, 3.5, 0]]


def test_film_is_read_at_the_middles_of_its_frames() -> None:
    frames = np.arange(10, dtype=np.float32)[:, None]
    rows = at_steps(frames, 41)[:, 0]
    np.testing.assert_allclose(rows[[2, 6, 10]], [0, 1, 2], atol=1e-5)


def test_reads_grids_sentences() -> None:
    assert words("bbaf2n") == ["bin", "blue", "at", "f", "two", "now"]
    assert words("F_lwbsza_lwbsza") == ["lay", "white", "by", "s", "zero", "again"]
    for name in ("holiday", "xbaf2n", ""):
        with pytest.raises(ValueError, match="not a GRID sentence"):
            words(name)


def test_nonsense_is_seeded_and_none_of_the_sentences() -> None:
    one, two = (texts.nonsense(random.Random(4)) for _ in range(2))
    assert one == two
    assert one not in [t for sentences in texts.SENTENCES.values() for t in sentences]
    assert not set(texts.NEW_VARIANTS) & set(texts.VARIANTS)


def test_figures_say_what_they_mean() -> None:
    wave = np.sin(np.arange(60) / 4)
    assert _lag(wave, np.roll(wave, 3)) == 3
    up, down = Judged(1.0, 1.0, 0), Judged(0.0, 0.0, 9)
    assert _separation([[up, up], [up]], [[down], [down]], "confidence")["value"] == 1
    assert _separation([[up], [down]], [[up], [down]], "confidence")["value"] == 0.5
    found = mean([[1.0, 0.0], [1.0], []])
    assert found["value"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["interval_95"][0] < found["value"] < found["interval_95"][1]
    light = share([0.02, 0.0, 0.0], [0.025, 0.025, 0.0])
    assert light["value"] == pytest.approx(0.4), "little weight is no other share"


@pytest.mark.parametrize(("value", "interval"), [(1.0, [0.5493, 1.0]), (0.0, [0.0, 0.4507])])
def test_clips_that_all_agree_do_not_say_that_all_clips_do(
    value: float, interval: list[float]
) -> None:
    found = mean([[value], [value] * 9, [value], [value], [value], []])
    assert (found["value"], found["interval_95"]) == (value, interval), "five clips have values"
