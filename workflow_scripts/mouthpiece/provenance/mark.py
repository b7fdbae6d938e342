"""Marking a delivered file: XMP, content credentials, and the check that they hold."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import c2pa

from ..core.errors import Fault
from ..core.files import atomic, link_or_copy
from ..core.notes import Note
from .manifest import manifest, media_type, parent
from .reading import Credentials, read_credentials
from .signers import SETTINGS, open_signer
from .signing import Signing
from .statement import Statement
from .xmp import SUFFIXES, append_xmp, packet

log = logging.getLogger(__name__)

SIGNED_SUFFIXES = (*SUFFIXES, ".wav", ".flac", ".avi")
"""The names of files that hold content credentials."""


def mark(unsigned: Path, marked: Path, statement: Statement, signing: Signing) -> list[Note]:
    """Mark a file as what it is: XMP where its form has a place for it, then content credentials.

    Memory does not grow with the file; the disk holds it up to four times while it is signed.

    Args:
        unsigned: The file. It is changed: the XMP is appended to it.
        marked: The file to write, whole or not at all, with the same suffix.
        statement: What is said of it.
        signing: Who signs.

    Returns:
        What a user should know.

    Raises:
        InputError: Certificate or key cannot be used.
        Fault: The signed file does not hold, or the machine failed.
    """
    suffix = marked.suffix.lower()
    if suffix in SUFFIXES:
        append_xmp(unsigned, packet(statement))
    with atomic(marked) as temporary:
        if signing.sign == "off" or suffix not in SIGNED_SUFFIXES:
            link_or_copy(unsigned, temporary)
            is_silent = signing.sign == "off" or suffix in SIGNED_SUFFIXES
            return [] if is_silent else [Note("credentials_no_place", {"file": marked.name})]
        notes = _sign(unsigned, temporary, statement, signing)
        found = read_credentials(temporary)
        if found is None or not found.hold:
            why = ", ".join(found.failures) if found else "none are found"
            raise Fault(f"{marked}: the content credentials do not hold after signing ({why})")
    log.info("signed: %s", found.state)
    if signing.sign == "test":
        notes.append(Note("signed_by_test_certificate"))
    return [*notes, *_of_source(found)]


def _sign(unsigned: Path, signed: Path, statement: Statement, signing: Signing) -> list[Note]:
    """Write the signed file."""
    with (
        _spooled_in(signed.parent),
        c2pa.Context.from_dict(dict(SETTINGS)) as context,
        open_signer(signing) as signer,
    ):
        builder, notes = _builder(statement, context)
        try:
            with builder, unsigned.open("rb") as source, signed.open("w+b") as target:
                builder.sign(signer, media_type(signed), source, target)
        except c2pa.C2paError as error:
            why = str(error).partition("\n")[0]
            asked = f" with {signing.timestamp_authority}" * bool(signing.timestamp_authority)
            raise Fault(f"{statement.title} cannot be signed{asked}: {why}") from None
        return notes


def _builder(statement: Statement, context: c2pa.Context) -> tuple[c2pa.Builder, list[Note]]:
    """The manifest with the source, whose own credentials are kept where the library reads them."""
    described, ingredient = manifest(statement), parent(statement.source)
    builder = c2pa.Builder(described, context)
    try:
        with statement.source.open("rb") as source:
            builder.add_ingredient(ingredient, ingredient["format"], source)
    except c2pa.C2paError as error:
        builder.close()
        why = str(error).partition("\n")[0]
        note = Note("source_credentials_unread", {"why": why})
        return c2pa.Builder(described | {"ingredients": [ingredient]}, context), [note]
    return builder, []


@contextmanager
def _spooled_in(folder: Path) -> Iterator[None]:
    """Let the library's temporary files, as large as the film, lie on the disk of the film.

    They have no names, so nothing is left of them.
    """
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _of_source(found: Credentials) -> Iterator[Note]:
    for _, failures in found.parents:
        if failures:
            yield Note("source_credentials_broken", {"codes": ", ".join(failures)})
