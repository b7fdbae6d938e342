"""What languages are called in English, by IANA's registry of their tags, which langcodes has."""

import re
from functools import cache

import langcodes
from langcodes.registry_parser import parse_registry

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
    return _descriptions().get((kind, (subtag or "").lower()), "")


@cache
def _descriptions() -> dict[tuple[str, str], str]:
    """Kind and subtag -> the first description, without remarks: "Modern Greek (1453-)"."""
    return {
        (entry["Type"], entry["Subtag"].lower()): _plain(entry["Type"], entry["Description"][0])
        for entry in parse_registry()
        if "Subtag" in entry and entry["Type"] in ("language", "script", "region")
    }


def _plain(kind: str, description: str) -> str:
    if kind == "script":  # "Han (Traditional variant)" is not the other one
        return re.sub("[()]", "", description)
    return re.split(r" \(|, ", description)[0]
