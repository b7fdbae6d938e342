"""The languages that espeak-ng speaks, as the files of its data say."""

import functools
import importlib.util
from pathlib import Path

import langcodes

from ...core.languages import primary


def espeak_language(tag: str) -> str:
    """Find what espeak-ng calls a language.

    Args:
        tag: A BCP-47 tag, such as pt-BR.

    Returns:
        Such as "pt-br"; empty: it does not speak it.
    """
    known = _known()
    language, usual = langcodes.get(tag).language or "", primary(tag)
    names = (tag.lower(), language, usual, _ALSO.get(language, ""))
    return next((name for name in names if name in known), "")


_ALSO = {"zh": "cmn", "no": "nb", "iw": "he", "tl": "fil"}
"""Other codes of the same language."""


@functools.cache
def _known() -> frozenset[str]:
    """All languages of its data: a file of each voice has lines such as "language pt-br 5"."""
    found = importlib.util.find_spec("espeakng_loader")  # finds it; nothing of it is loaded
    if found is None or found.origin is None:
        return frozenset()
    files = (Path(found.origin).parent / "espeak-ng-data" / "lang").rglob("*")
    lines = [line.split() for file in files if file.is_file() for line in _lines(file)]
    return frozenset(words[1] for words in lines if len(words) > 1 and words[0] == "language")


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
