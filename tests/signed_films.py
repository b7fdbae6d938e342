"""Films that are signed, and certificates with one fault each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from mouthpiece.core.notes import Note
from mouthpiece.provenance.mark import mark
from mouthpiece.provenance.signing import Signing
from mouthpiece.provenance.statement import Statement
from mouthpiece.provenance.trial_signer import _certificate, _usage


@dataclass(frozen=True)
class Marked:
    """A film that is marked, and what was noted."""

    film: Path
    notes: list[Note]


def make_marked(
    source: Path, film: Path, statement: Statement, signing: Signing | None = None
) -> Marked:
    """Mark a copy of a file."""
    unsigned = film.with_name(f"unsigned{film.suffix}")
    unsigned.write_bytes(source.read_bytes())
    return Marked(film, mark(unsigned, film, statement, signing or Signing()))


def pem(key: ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    """A private key as PEM."""
    secret = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret)


def certify(
    folder: Path,
    *,
    curve: type[ec.EllipticCurve] = ec.SECP256R1,
    days: tuple[int, int] = (-2, 100),
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
    password: bytes = b"",
    algorithm: str = "es256",
) -> Signing:
    """Write a user's certificate chain and key."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(curve())
    now = datetime.now(UTC)
    leaf = _certificate("signer", own.public_key())
    leaf._not_valid_before = (now + timedelta(days=days[0])).replace(tzinfo=None)
    leaf._not_valid_after = (now + timedelta(days=days[1])).replace(tzinfo=None)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_usage("digital_signature"), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    leaf = leaf.add_extension(issuer, critical=False)
    root = _certificate("authority", authority.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    chain = [one.sign(authority, SHA256()).public_bytes(Encoding.PEM) for one in (leaf, root)]
    (folder / "chain.pem").write_bytes(b"".join(chain))
    (folder / "authority.pem").write_bytes(chain[1])
    (folder / "key.pem").write_bytes(pem(own, password))
    files = str(folder / "chain.pem"), str(folder / "key.pem")
    return Signing("certificate", *files, algorithm)
