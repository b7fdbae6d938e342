"""Signers: the user's certificate or a test one, checked before any film is made."""

import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from ..core.errors import Fault, InputError, quoted
from ..core.user_files import exists, read_bytes, shown
from . import trial_signer
from .signing import Signing
from .statement import ALGORITHMIC

MOST_KB = 256
"""The largest file of a certificate chain or key."""

CURVES = {"es256": "secp256r1", "es384": "secp384r1", "es512": "secp521r1"}

LEAST_RSA_BITS = 2048
"""The shortest RSA key that C2PA allows."""

SETTINGS: Mapping[str, Any] = {
    "version": 1,
    "core": {"backing_store_memory_threshold_in_mb": 16},  # a film is kept on disk
    # Nothing is asked of the network: what a source's credentials name may be anybody's address.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    # Else a byte in these boxes could be changed unseen.
    "builder": {"bmff_hash_exclude_free_and_skip_boxes": False, "thumbnail": {"enabled": False}},
}
"""How the C2PA library works here."""


@contextmanager
def open_signer(signing: Signing) -> Iterator[c2pa.Signer]:
    """Open a signer.

    Args:
        signing: Who signs; not `off`.

    Yields:
        The signer.

    Raises:
        InputError: The certificate or the key cannot be used; see `check`.
    """
    chain, key = _pem(signing)
    url = signing.timestamp_authority.encode() or None
    info = c2pa.C2paSignerInfo(signing.algorithm.encode(), chain, key, url)
    try:
        signer = c2pa.Signer.from_info(info)
    except c2pa.C2paError as error:
        raise _refused(signing, error) from None
    with signer:
        yield signer


def check(signing: Signing) -> None:
    """Check that certificate and key can sign, now.

    Args:
        signing: Who signs.

    Raises:
        InputError: They cannot. One sentence says why and what to do.
    """
    if signing.sign != "certificate":
        return
    now = datetime.now(UTC)
    for number, one in enumerate(_chain(signing)):
        which = "it" if number == 0 else f"certificate {number + 1} of the chain"
        if one.not_valid_after_utc < now:
            raise _wrong(
                signing, f"{which} expired on {one.not_valid_after_utc:%Y-%m-%d}; name a valid one"
            )
        if one.not_valid_before_utc > now:
            raise _wrong(signing, f"{which} is valid from {one.not_valid_before_utc:%Y-%m-%d} on")
    _try(signing)


def problem(signing: Signing) -> str:
    """Look for what is wrong with who signs. The files are read once a process.

    Args:
        signing: Who signs.

    Returns:
        A sentence; empty where nothing is wrong.
    """
    return _problem(signing)


@functools.cache
def _problem(signing: Signing) -> str:
    try:
        check(signing)
    except InputError as error:
        return str(error)
    return ""


def _pem(signing: Signing) -> tuple[bytes, bytes]:
    """Chain and key, checked against each other."""
    if signing.sign == "test":
        return trial_signer.make_signer()
    leaf = _chain(signing)[0]
    key = _read("key", signing.key, "or name the file in the environment variable")
    path = shown(Path(signing.key))
    try:
        private = load_pem_private_key(key, None)
    except TypeError:
        raise InputError(
            f"provenance.key: {path} has a password; name a copy without one that only you can read"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InputError(f"provenance.key: {path} holds no private key in PEM") from None
    same = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*same) != leaf.public_key().public_bytes(*same):
        raise InputError(
            f"provenance.key: {path} is not the key of the first certificate in "
            f"{shown(Path(signing.certificate))}"
        )
    fits = _algorithms(private)
    if signing.algorithm not in fits:
        use = f"only {' or '.join(fits)}" if fits else "with none that C2PA knows"
        raise InputError(
            f"provenance.algorithm: the key {path} cannot sign as {signing.algorithm}, {use}"
        )
    return _read("certificate", signing.certificate), key


def _chain(signing: Signing) -> list[x509.Certificate]:
    content = _read("certificate", signing.certificate, "or set provenance.sign to test or off")
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise _wrong(signing, "it is no certificate chain in PEM") from None


def _read(name: str, file: str, otherwise: str = "") -> bytes:
    """A small file that the config names."""
    if not file:
        raise InputError(
            f"provenance.{name}: provenance.sign is certificate, and no file is named; name it"
            + f", {otherwise}" * bool(otherwise)
        )
    path = Path(file)
    if not exists(path):
        raise InputError(f"provenance.{name}: {shown(path)}: there is no such file")
    try:
        return read_bytes(path, MOST_KB)
    except InputError as error:
        raise InputError(f"provenance.{name}: {error}") from None


def _algorithms(key: object) -> list[str]:
    """How a private key can sign."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [name for name, curve in CURVES.items() if curve == key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return ["ps256", "ps384", "ps512"]
    return ["ed25519"] if isinstance(key, ed25519.Ed25519PrivateKey) else []


def _try(signing: Signing) -> None:
    """Sign a second of nothing, so that the library says whether a certificate may sign."""
    silence = (
        b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x08\0\0\0"
        + bytes(8)
    )
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": ALGORITHMIC}]}
    manifest = {"assertions": [{"label": "c2pa.actions", "data": actions}]}
    offline = Signing(signing.sign, signing.certificate, signing.key, signing.algorithm)
    signed = io.BytesIO()
    with c2pa.Context.from_dict(dict(SETTINGS)) as context, open_signer(offline) as signer:
        try:
            with c2pa.Builder(manifest, context) as builder:
                builder.sign(signer, "audio/wav", io.BytesIO(silence), signed)
        except c2pa.C2paError as error:
            raise _refused(signing, error) from None


def _refused(signing: Signing, error: c2pa.C2paError) -> InputError | Fault:
    why = str(error).partition("\n")[0]
    if signing.sign == "test":
        return Fault(f"the test certificate cannot be used ({why})")
    return _wrong(
        signing,
        f"it may not sign content credentials ({why}); C2PA wants a certificate for "
        "signing, issued by an authority, with the purpose emailProtection, documentSigning or "
        "C2PA's own",
    )


def _wrong(signing: Signing, what: str) -> InputError:
    return InputError(f"provenance.certificate: {quoted(signing.certificate)[1:-1]}: {what}")
