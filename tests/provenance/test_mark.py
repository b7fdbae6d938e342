"""A marked film says what was generated, holds, and shows any change."""

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.provenance.reading import read_credentials
from mouthpiece.provenance.signing import Signing
from mouthpiece.provenance.statement import COMPOSITE, TRAINED, Statement
from mouthpiece.provenance.xmp import append_xmp, read_xmp
from signed_films import Marked, certify, make_marked

TEST_NOTE = "signed_by_test_certificate"


def test_a_marked_film_holds_and_its_signer_is_not_trusted(marked: Marked) -> None:
    found = read_credentials(marked.film)
    assert found is not None
    assert found.hold
    assert found.state == "Valid"
    assert "test certificate" in found.signer
    assert [note.code for note in marked.notes] == [TEST_NOTE]


def test_it_says_what_was_generated_by_what(marked: Marked) -> None:
    found = read_credentials(marked.film)
    assert found is not None
    opened, edited, dubbed, translated = found.actions
    assert opened["action"] == "c2pa.opened"
    assert edited["action"] == "c2pa.edited"
    assert edited["digitalSourceType"] == COMPOSITE
    frames = [change["region"][0]["frame"] for change in edited["changes"]]
    assert frames == [{"start": 0, "end": 9}, {"start": 20, "end": 49}]
    assert edited["parameters"]["engine"] == "preview"
    assert edited["parameters"]["weightsVersion"] == "245479c07a9c"
    assert dubbed["action"] == "c2pa.dubbed"
    assert dubbed["digitalSourceType"] == TRAINED
    assert dubbed["parameters"]["voices"] == ["kokoro: pf_dora", "kokoro: pm_alex"]
    assert translated["action"] == "c2pa.translated"
    assert translated["parameters"]["sourceLanguage"] == "en"
    assert translated["parameters"]["targetLanguage"] == "pt-BR"
    assert [parent for parent, _ in found.parents] == ["source"]


def test_it_does_not_name_the_source_file(marked: Marked) -> None:
    assert b"Mustermann" not in marked.film.read_bytes()


def is_whole(film: Path) -> bool:
    """Whether the credentials of a film can be read and hold."""
    try:
        found = read_credentials(film)
    except InputError:
        return False
    return found is not None and found.hold


def test_one_flipped_bit_is_found_wherever_it_is(marked: Marked, tmp_path: Path) -> None:
    content = bytearray(marked.film.read_bytes())
    damaged = tmp_path / "talk.mp4"
    # Before it are `ftyp`, which C2PA leaves out, and the credentials with their padding.
    first = content.index(b"moov") - 4
    boxes = [content.rindex(box) + 40 for box in (b"moov", b"mdat", b"adobe:ns:meta")]
    for at in [*boxes, *random.Random(1).sample(range(first, len(content)), 60)]:
        content[at] ^= 1
        damaged.write_bytes(content)
        content[at] ^= 1
        assert not is_whole(damaged), f"byte {at} of {len(content)}"
    damaged.write_bytes(content)
    assert is_whole(damaged)


def test_a_byte_at_the_end_is_found(marked: Marked, tmp_path: Path) -> None:
    longer = tmp_path / "talk.mp4"
    longer.write_bytes(marked.film.read_bytes() + b"\0\0\0\x08free")
    found = read_credentials(longer)
    assert found is not None
    assert not found.hold


def test_xmp_has_the_fields_of_iptc_and_players_read_the_film(marked: Marked) -> None:
    said = read_xmp(marked.film)
    assert f'Iptc4xmpExt:DigitalSourceType="{COMPOSITE}"' in said
    assert 'Iptc4xmpExt:AISystemUsed="Mouthpiece: preview; kokoro"' in said
    assert "<rdf:li>pt-BR</rdf:li>" in said
    assert "the voice is synthetic (kokoro); mouths were redrawn in cuts: 2" in said
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-xerror", "-i", marked.film]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, check=True)
    assert not done.stderr


def test_picture_and_sound_are_those_before(marked: Marked, source: Path) -> None:
    def packets(film: Path) -> bytes:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", film, "-c", "copy"]
        return subprocess.check_output([*command, "-f", "streamhash", "-"])

    assert packets(marked.film) == packets(source)


def test_the_credentials_of_the_source_are_kept(
    marked: Marked, source: Path, statement: Statement, tmp_path: Path
) -> None:
    again = replace(statement, source=marked.film)
    twice = make_marked(source, tmp_path / "twice.mp4", again)
    found = read_credentials(twice.film)
    assert found is not None
    assert found.hold
    assert found.parents == (("source", ()),)
    assert b"pf_dora" in twice.film.read_bytes()
    damaged = tmp_path / "damaged.mp4"
    content = bytearray(marked.film.read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    damaged.write_bytes(content)
    third = make_marked(source, tmp_path / "third.mp4", replace(statement, source=damaged))
    assert [note.code for note in third.notes] == [TEST_NOTE, "source_credentials_broken"]


def test_a_source_that_cannot_be_read_for_credentials_is_a_note(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.mp4"
    odd.write_bytes(b"x" * 5000)
    made = make_marked(source, tmp_path / "talk.mp4", replace(statement, source=odd))
    assert [note.code for note in made.notes] == ["source_credentials_unread", TEST_NOTE]
    found = read_credentials(made.film)
    assert found is not None
    assert found.hold
    assert found.parents == (("source", ()),)


def test_a_given_dub_without_redrawn_mouths_is_not_said_to_be_generated(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    plain = replace(statement, redrawn=(), voices=(), translator="", source_language="")
    made = make_marked(source, tmp_path / "talk.mp4", plain)
    found = read_credentials(made.film)
    assert found is not None
    assert [action["action"] for action in found.actions] == ["c2pa.opened", "c2pa.dubbed"]
    assert "Iptc4xmpExt:DigitalSourceType" not in read_xmp(made.film)


def test_without_a_signature_there_is_xmp_alone(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    made = make_marked(source, tmp_path / "talk.mp4", statement, Signing("off"))
    assert not made.notes
    assert read_credentials(made.film) is None
    assert COMPOSITE in read_xmp(made.film)


def test_files_of_a_kind_without_a_place_are_a_note(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    made = make_marked(source, tmp_path / "talk.mkv", statement)
    assert [note.code for note in made.notes] == ["credentials_no_place"]
    assert made.film.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("suffix", [".mov", ".wav", ".flac"])
def test_other_forms_are_signed_too(
    source: Path, statement: Statement, tmp_path: Path, suffix: str
) -> None:
    other = tmp_path / f"other{suffix}"
    how = ["-c", "copy"] if suffix == ".mov" else ["-vn"]
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source, *how, other]
    subprocess.run(ffmpeg, check=True)
    made = make_marked(other, tmp_path / f"talk{suffix}", statement)
    found = read_credentials(made.film)
    assert found is not None
    assert found.hold


def test_a_users_certificate_is_trusted_by_who_trusts_its_authority(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    signing = certify(tmp_path)
    made = make_marked(source, tmp_path / "talk.mp4", statement, signing)
    assert not made.notes
    anchors = (tmp_path / "authority.pem").read_text()
    found = read_credentials(made.film, anchors)
    assert found is not None
    assert found.state == "Trusted"


def test_nothing_is_left_beside_a_film_that_cannot_be_signed(
    source: Path, statement: Statement, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"x" * 100)
    (tmp_path / "out").mkdir()
    with pytest.raises(Fault, match="cannot be signed"):
        make_marked(broken, tmp_path / "out" / "talk.wav", statement)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"unsigned.wav"}


def test_xmp_is_not_appended_to_a_file_that_is_cut_short(source: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    shutil.copyfile(source, short)
    with short.open("r+b") as file:
        file.truncate(short.stat().st_size - 10)
    with pytest.raises(Fault, match="no valid size"):
        append_xmp(short, b"x")
