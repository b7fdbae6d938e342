"""`mouthpiece verify`: what it says, and its exit code."""

import json
from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from signed_films import Marked, certify, make_marked


def test_a_film_that_is_as_it_was_signed(marked: Marked, capsys) -> None:
    assert main(["verify", str(marked.film)]) == 0
    out = capsys.readouterr().out
    assert "the content credentials hold; the file is as it was signed" in out
    assert "test certificate, not to be trusted (not known to be trusted)" in out
    assert "c2pa.edited; compositeWithTrainedAlgorithmicMedia; Mouths were redrawn" in out
    assert "frames 0-9, 20-49" in out
    assert "voices: kokoro: pf_dora, kokoro: pm_alex" in out
    assert main(["verify", str(marked.film), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hold"] is True


def test_a_film_that_was_changed_is_an_error(marked: Marked, tmp_path: Path, capsys) -> None:
    content = bytearray(marked.film.read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    (tmp_path / "talk.mp4").write_bytes(content)
    assert main(["verify", str(tmp_path / "talk.mp4")]) == 1
    assert "DO NOT HOLD (assertion.bmffHash.mismatch)" in capsys.readouterr().out


def test_an_authority_that_is_trusted(source: Path, statement, tmp_path: Path, capsys) -> None:
    made = make_marked(source, tmp_path / "talk.mp4", statement, certify(tmp_path))
    trust = ["--trust", str(tmp_path / "authority.pem")]
    assert main(["verify", str(made.film), *trust]) == 0
    assert "(trusted)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("talk.mp4", b"\0\0\0\x10ftypisom\0\0\0\0", "has no content credentials"),
        ("talk.mp4", b"x" * 100, "its content credentials cannot be read"),
        ("talk.md", b"x", "files of this kind hold no content credentials"),
        ("talk.mp4", None, "there is no such file"),
    ],
)
def test_without_credentials_it_is_an_error(
    tmp_path: Path, capsys, caplog, name: str, content: bytes | None, said: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert main(["verify", str(file)]) == 1
    assert said in capsys.readouterr().out + caplog.text


def test_trusted_certificates_that_are_none(marked: Marked, tmp_path: Path, caplog) -> None:
    (tmp_path / "trust.pem").write_text("-----\n")
    assert main(["verify", str(marked.film), "--trust", str(tmp_path / "trust.pem")]) == 1
    assert "Traceback" not in caplog.text
