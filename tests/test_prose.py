"""The project is written in plain English: words that readers stumble over are not used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from places import ROOT

FORBIDDEN = (
    "anew",
    "likewise",
    "whence",
    "thereof",
    "therein",
    "thereby",
    "wherein",
    "hitherto",
    "for want of",
    "mend",
    "a person's word",
)

SUFFIXES = {".py", ".md", ".smk", ".rst", ".yaml", ".j2", ".js", ".mjs", ".html", ".css"}

FOLDERS = (
    *("benchmarks", "config", "demo", "docs", "envs", "models", "profiles", "report", "rules"),
    *("tests", "workflow_scripts"),
)

EXEMPT = (Path(__file__).relative_to(ROOT).as_posix(), "tests/parity/", "models/downloads/")
"""Files and folders that are never read: this list of words, and other people's data."""


def texts() -> Iterator[tuple[str, str]]:
    """The files that people read, by their path in the project."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in sorted([*files, *ROOT.glob("*")]):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(EXEMPT) or not path.is_file():
            continue
        if path.suffix in SUFFIXES or name == "Snakefile":
            yield name, path.read_text(encoding="utf-8")


def found_in(text: str) -> Iterator[str]:
    """Each forbidden word of a text, with its line, even where a line ends inside it."""
    for word in FORBIDDEN:
        pattern = r"\b" + r"\s+(?:[#*]\s+)?".join(map(re.escape, word.split())) + r"\b"
        for hit in re.finditer(pattern, text, re.IGNORECASE):
            yield f"line {text.count(chr(10), 0, hit.start()) + 1}: {word}"


def test_no_forbidden_word() -> None:
    hits = {f"{name}, {hit}" for name, text in texts() for hit in found_in(text)}
    assert not hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("It is drawn anew.", ["line 1: anew"]),
        ("one\ntwo, Likewise\n", ["line 2: likewise"]),
        ("# it is a\n# person's word", ["line 1: a person's word"]),
        ("renewal, a newt, likewisely", []),
    ],
)
def test_words_are_found(text: str, hits: list[str]) -> None:
    assert list(found_in(text)) == hits
