"""What is wrong with a certificate or a key is one sentence, before any film is made."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from mouthpiece.config.provenance import Provenance
from mouthpiece.provenance.signers import problem
from mouthpiece.provenance.signing import Signing
from signed_films import certify, pem


def test_a_good_certificate_has_no_problem(tmp_path: Path) -> None:
    assert not problem(certify(tmp_path))
    assert not problem(Signing("test"))
    assert not problem(Signing("off"))


def test_an_expired_certificate(tmp_path: Path) -> None:
    assert "it expired on" in problem(certify(tmp_path, days=(-20, -1)))


def test_a_certificate_of_the_future(tmp_path: Path) -> None:
    assert "it is valid from" in problem(certify(tmp_path, days=(5, 9)))


def test_an_algorithm_that_is_not_the_keys(tmp_path: Path) -> None:
    said = problem(certify(tmp_path, curve=ec.SECP384R1))
    assert "cannot sign as es256, only es384" in said
    assert not problem(certify(tmp_path, curve=ec.SECP384R1, algorithm="es384"))


def test_a_certificate_for_another_purpose(tmp_path: Path) -> None:
    said = problem(certify(tmp_path, purpose=ExtendedKeyUsageOID.SERVER_AUTH))
    assert "may not sign content credentials" in said


def test_another_key(tmp_path: Path) -> None:
    signing = certify(tmp_path)
    Path(signing.key).write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    assert "is not the key of the first certificate" in problem(signing)


def test_a_key_with_a_password(tmp_path: Path) -> None:
    assert "has a password" in problem(certify(tmp_path, password=b"secret"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("certificate", b"-----", "it is no certificate chain in PEM"),
        ("certificate", b"\xff\xfe", "it is no certificate chain in PEM"),
        ("certificate", None, "there is no such file"),
        ("key", b"-----", "holds no private key in PEM"),
        ("key", None, "there is no such file"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    signing = certify(tmp_path)
    file = Path(getattr(signing, name))
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    found = problem(signing)
    assert found.startswith(f"provenance.{name}: ")
    assert said in found
    assert "\n" not in found


@pytest.mark.parametrize("name", ["certificate", "key"])
def test_files_that_are_not_named(tmp_path: Path, name: str) -> None:
    found = problem(replace(certify(tmp_path), **{name: ""}))
    assert found.startswith(f"provenance.{name}: provenance.sign is certificate, and no file")


def test_the_key_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = certify(tmp_path)
    monkeypatch.setenv("MY_KEY", signing.key)
    settings = Provenance(sign="certificate", certificate="chain.pem", key_variable="MY_KEY")
    assert Signing.of(settings, Path(signing.certificate), Path()) == signing


def test_which_films_are_marked() -> None:
    assert [Provenance().marks(made) for made in (True, False)] == [True, False]
    assert [Provenance(mark="all").marks(made) for made in (True, False)] == [True, True]
    assert Provenance.model_validate({"mark": False}).marks(made=True) is False  # YAML's off
