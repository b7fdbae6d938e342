"""How weights.tsv writes where a file comes from.

`KIND:ORIGIN#MEMBER` is a file inside a package or a repository. A file that packages carry in
pieces is several of these, with a space between them: the pieces are joined in that order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import quoted

UNKNOWN = "-"
"""The mark in the table of what is unknown or does not apply."""

PACKAGES = ("pypi", "npm")
"""Kinds of sources that are packages: a wheel or a tarball, of which only members are wanted."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}"

KINDS = {
    "pypi": re.compile(r"[A-Za-z0-9][\w.-]*==[A-Za-z0-9][\w.!+-]*", re.ASCII),
    "npm": re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*@[0-9][0-9A-Za-z.+-]*"),
    "hf": re.compile(f"{_NAME}/{_NAME}@{_NAME}"),
    "url": re.compile(r"https://[A-Za-z0-9][\w.:-]*/[!-~]*", re.ASCII),
}
"""Kinds of sources: a wheel, an npm package, a Hugging Face repository, a web address; and how
their origins are written."""

MEMBER = re.compile(r"[!-.0-\[\]-~]+(/[!-.0-\[\]-~]+)*")

MOST_PARTS = 100
"""Of how many pieces a file may consist."""


@dataclass(frozen=True)
class Part:
    """A file at its source: a weight file, or one of the pieces of which it consists.

    Attributes:
        kind: One of `KINDS`.
        origin: `PACKAGE==VERSION`, `PACKAGE@VERSION`, `OWNER/REPOSITORY@REVISION`, or an address.
        member: The file inside the package or the repository; `UNKNOWN` at an address.
    """

    kind: str
    origin: str
    member: str


def split_source(source: str, member: str = UNKNOWN) -> tuple[Part, ...]:
    """Read the source of a weight file.

    Args:
        source: The source: parts, with a space between them.
        member: The member of a source that is one part and names none.

    Returns:
        The parts, in the order in which they are joined. They are not checked.
    """
    texts = source.split(" ")
    return tuple(_split_part(text, member if len(texts) == 1 else UNKNOWN) for text in texts)


def _split_part(text: str, member: str) -> Part:
    kind, _, origin = text.partition(":")
    if kind != "url" and "#" in origin:
        origin, _, member = origin.partition("#")
    return Part(kind, origin, member)


def check_parts(parts: Sequence[Part]) -> None:
    """Check that a file comes from where files are taken from.

    Args:
        parts: The pieces of which it consists.

    Raises:
        ValueError: It does not. The message says what is wrong.
    """
    if len(parts) > MOST_PARTS:
        raise ValueError(f"source: {len(parts)} parts; at most {MOST_PARTS} are joined")
    for part in parts:
        _check_part(part)
    if len(parts) > 1 and any(part.kind not in PACKAGES for part in parts):
        raise ValueError(f"source: only files of packages ({', '.join(PACKAGES)}) can be joined")


def _check_part(part: Part) -> None:
    written = f"{part.kind}:{part.origin}"
    if part.kind not in KINDS or not KINDS[part.kind].fullmatch(part.origin):
        raise ValueError(f"source: {quoted(written)} is not one of {', '.join(KINDS)}")
    if not MEMBER.fullmatch(part.member):
        raise ValueError(f"member: {quoted(part.member)} is no path")
    if {".", ".."} & set(part.member.split("/")):
        raise ValueError(f"member: {quoted(part.member)} leads out of its source")
    if part.kind != "url" and part.member == UNKNOWN:
        raise ValueError(f"source: {quoted(written)} does not say which file of it: write #path")
