"""Languages of dubs, as BCP-47 tags."""

import re

import langcodes

WRITTEN = re.compile("(?:[A-Za-z]{2,3}|[xXiI])(?:[-_][A-Za-z0-9]{1,8}){0,9}")
"""A tag in any letters, as in the schema of dubs.tsv; bounded, as it names a folder."""

NORWEGIAN, BOKMAL = "no", "nb"
"""A macrolanguage, and the written language that most mean by it."""

UNKNOWN = "und"
"""The ISO 639 code of a language that has none, such as one of private use."""


def language_problem(tag: str) -> str:
    """Check a language tag.

    Args:
        tag: A tag, such as pt-BR (BCP 47).

    Returns:
        What is wrong with it; empty where nothing is.
    """
    standard = _standard(tag)
    if standard is None:
        hint = "; the name of a dub goes into the column `dub`" if "_" in tag else ""
        return f"{tag!r:.80} is not a BCP-47 language tag, such as pt-BR{hint}"
    return f"write {tag!r} as {standard!r}" if standard != tag else ""


def alpha3(tag: str) -> str:
    """Find the code that media files use for a language.

    Args:
        tag: A BCP-47 tag.

    Returns:
        Three letters (ISO 639); `UNKNOWN` if it has none.
    """
    if _standard(tag) is None:
        return UNKNOWN
    try:
        return langcodes.get(tag).to_alpha3()
    except LookupError:
        return UNKNOWN


def _standard(tag: str) -> str | None:
    """The tag in its usual letters; None if it is none."""
    if not WRITTEN.fullmatch(tag) or not langcodes.tag_is_valid(tag):
        return None
    return langcodes.standardize_tag(tag)


def primary(tag: str) -> str:
    """Find what a language is called without its region and script.

    Args:
        tag: A BCP-47 tag, such as pt-BR.

    Returns:
        Its first part, such as pt; "iw" and other codes of the past as they are written today, and
        "cmn" and others that most mean by a macrolanguage (ISO 639-3) as that one: zh.
    """
    if _standard(tag) is None:
        return tag.lower().partition("-")[0]
    return langcodes.standardize_tag(tag, macro=True).partition("-")[0]


def is_same(tag: str, other: str) -> bool:
    """Tell whether two tags are of one written language, whatever their regions and scripts.

    Args:
        tag: A BCP-47 tag.
        other: Another one.

    Returns:
        Whether they are. "no" is Bokmål, as most write; Nynorsk is another.
    """
    first, second = (BOKMAL if primary(one) == NORWEGIAN else primary(one) for one in (tag, other))
    return first == second
