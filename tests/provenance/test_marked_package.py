"""The stage `package` delivers a marked film, and its master stays as it was."""

from pathlib import Path

import pytest

from makers import AAC, X264, beep, ffmpeg, pattern
from mouthpiece.config.delivery import Keep
from mouthpiece.core.delivery_table import DeliveredCut, write_delivery
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json, sha256, write_json
from mouthpiece.provenance.marks import Marks
from mouthpiece.provenance.reading import read_credentials
from mouthpiece.provenance.signing import Signing
from mouthpiece.provenance.statement import FilmFacts
from mouthpiece.stages.package import Master, SourceFiles, package


@pytest.fixture
def master(tmp_path: Path) -> Master:
    """A film of one second whose one mouth was redrawn."""
    made = Master(tmp_path / "master.mp4", tmp_path / "film.json", tmp_path / "dub.flac")
    ffmpeg(*beep(0.5, 1, 48000), made.dub)
    ffmpeg(*pattern(seconds=1), "-i", made.dub, *X264, *AAC, "-movflags", "+faststart", made.file)
    write_json(made.facts, {"frames": 25})
    facts = {"zero_s": "0", "rate": "25", "audio_track": None}
    write_json(tmp_path / "source.json", facts)
    write_delivery(
        [DeliveredCut("000000-000024", 0, 25, True, "lipsync")], tmp_path / "delivery.tsv"
    )
    draft = {"engine": "preview", "settings": {}, "weights": "aa", "code": "bb"}
    write_json(tmp_path / "draft.json", draft)
    return made


def delivered(master: Master, signing: Signing | None) -> Path:
    folder = master.file.parent
    marks = signing and Marks(
        facts=FilmFacts(
            delivery=folder / "delivery.tsv",
            drafts=[folder / "draft.json"],
            source=folder / "source.json",
            film=master.facts,
        ),
        source=master.file,
        language="de",
        signing=signing,
    )
    package(
        master=master,
        source=SourceFiles(master.file, folder / "source.json", master.dub),
        keep=Keep(subtitles=False, chapters=False, title=False),
        bitrate_kbps=128,
        film=folder / "talk.de.mp4",
        facts=folder / "package.json",
        marks=marks,
    )
    return folder / "talk.de.mp4"


def test_a_marked_film_is_signed_and_its_master_is_not(master: Master) -> None:
    before = sha256(master.file)
    found = read_credentials(delivered(master, Signing("test")))
    assert found is not None
    assert found.hold
    assert found.actions[1]["changes"][0]["region"][0]["frame"] == {"start": 0, "end": 24}
    assert sha256(master.file) == before
    codes = [note["code"] for note in read_json(master.file.parent / "package.json")["notes"]]
    assert "signed_by_test_certificate" in codes


def test_without_marks_a_film_is_its_master(master: Master) -> None:
    assert delivered(master, None).samefile(master.file)


def test_a_key_that_is_gone_leaves_the_film_that_was_there(master: Master) -> None:
    film = delivered(master, Signing("test"))
    before = sha256(film)
    with pytest.raises(InputError, match="there is no such file"):
        delivered(master, Signing("certificate", "gone.pem", "gone.key"))
    assert sha256(film) == before
