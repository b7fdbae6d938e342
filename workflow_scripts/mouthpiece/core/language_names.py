"""What languages are called in English, by IANA's registry of their tags, which langcodes has."""

import re
from functools import cache
from pathlib import Path

import langcodes
from langcodes.util import data_filename

from .languages import language_problem


@cache
def language_name(tag: str) -> str:
    """Find what a language is called.

    Args:
        tag: A BCP-47 tag, such as pt-BR.

    Returns:
        Its name in English, with script and region: Portuguese (Brazil). The tag itself, if it is
        of private use or none.
    """
    if language_problem(tag):
        return tag
    parts = langcodes.get(tag)
    name = _described("language", parts.language)
    details = (_described("script", parts.script), _described("region", parts.territory))
    known = ", ".join(filter(None, details))
    return f"{name} ({known})" if name and known else name or tag


def _described(kind: str, subtag: str | None) -> str:
    """The first description of a subtag, without remarks: "Modern Greek (1453-)".

    Three entries are looked for in the text: to parse all 9,000 takes half a second.
    """
    if not subtag:
        return ""
    entry = rf"^Type: {kind}\nSubtag: {re.escape(subtag)}\nDescription: (.*)((?:\n  .*)*)"
    found = re.search(entry, _registry(), re.IGNORECASE | re.MULTILINE)
    return _plain(kind, found[1] + found[2].replace("\n ", "")) if found else ""


@cache
def _registry() -> str:
    """The registry as IANA publishes it; long lines go on in lines that begin with two spaces."""
    return Path(data_filename("language-subtag-registry.txt")).read_text("utf-8")


def _plain(kind: str, description: str) -> str:
    if kind == "script":  # "Han (Traditional variant)" is not the other one
        return re.sub("[()]", "", re.sub(r"(.+) \((.+) variant\)", r"\2 \1", description))
    return re.split(r" \(|, ", description)[0]
