"""Parts of the speech of a film: named by what they hold, so that an edit changes few of them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.cuts import from_starts, write_boundaries
from mouthpiece.core.errors import Fault
from mouthpiece.core.loop import pieces, write_loop
from mouthpiece.core.slices import slices_of
from mouthpiece.stages import slices

Film = dict[str, Any]


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Film:
    class Info:
        rate = Fraction(25)

    monkeypatch.setattr(slices, "probe_mezzanine", lambda path: Info)
    boundaries, speech = tmp_path / "boundaries.tsv", tmp_path / "speech.wav"
    write_boundaries(from_starts([0, 100, 200], 300), boundaries)
    _say(speech, at_s=1.0)
    return {
        "mezzanine": tmp_path / "mezzanine.mp4",
        "boundaries": boundaries,
        "loop": None,
        "speech": speech,
        "index": tmp_path / "slices.json",
    }


def _say(speech: Path, at_s: float) -> None:
    samples = np.zeros(12 * SAMPLE_RATE, np.int16)
    samples[int(at_s * SAMPLE_RATE) :][:1000] = 9000
    soundfile.write(speech, samples, SAMPLE_RATE, subtype="PCM_16")


def test_each_cut_has_its_part_with_context(film: Film) -> None:
    slices.write_slices(**film)
    parts = slices_of(film["index"])
    assert list(parts) == ["000000-000099", "000100-000199", "000200-000299"]
    speech = Speech.load(parts["000000-000099"])
    assert len(speech.samples) == 6 * SAMPLE_RATE
    assert speech.samples[2 * SAMPLE_RATE] == pytest.approx(9000 / 2**15)


def test_an_edit_changes_the_parts_that_it_touches_alone(film: Film) -> None:
    slices.write_slices(**film)
    before = slices_of(film["index"])
    written = {path: path.stat().st_mtime_ns for path in before.values()}
    _say(film["speech"], at_s=1.5)
    slices.write_slices(**film)
    after = slices_of(film["index"])
    changed = [cut for cut in before if before[cut] != after[cut]]
    assert changed == ["000000-000099"]
    kept = after["000100-000199"]
    assert kept.stat().st_mtime_ns == written[kept]


def test_a_looped_film_has_the_parts_of_its_own_cuts(film: Film, tmp_path: Path) -> None:
    write_loop(pieces(from_starts([0, 100, 200], 300), 350), tmp_path / "loop.tsv")
    slices.write_slices(**film | {"loop": tmp_path / "loop.tsv"})
    parts = slices_of(film["index"])
    assert list(parts)[2:] == ["000200-000299", "000300-000349"]
    assert len(Speech.load(parts["000300-000349"]).samples) == 4 * SAMPLE_RATE


def test_parts_of_earlier_dubs_are_removed(film: Film) -> None:
    slices.write_slices(**film)
    old = slices_of(film["index"])["000000-000099"]
    _say(film["speech"], at_s=1.5)
    slices.write_slices(**film)
    assert not old.exists()
    assert set(old.parent.iterdir()) == set(slices_of(film["index"]).values())


def test_a_damaged_index_is_named(film: Film) -> None:
    film["index"].write_text('{"version": 1}')
    with pytest.raises(Fault, match=r"slices\.json: is damaged"):
        slices_of(film["index"])


def test_a_part_that_is_no_sound_is_named(film: Film) -> None:
    with pytest.raises(Fault, match=r"boundaries\.tsv: holds no speech"):
        Speech.load(film["boundaries"])
