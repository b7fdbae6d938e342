"""Which translator serves a pair of languages, and what to say where none does."""

from collections.abc import Iterable, Mapping

from ..core.languages import is_same
from .registry import translator_settings
from .settings import TranslatorSettings


def choose(translators: Mapping[str, TranslatorSettings], source: str, target: str) -> str | None:
    """Choose a translator.

    Args:
        translators: The settings of those that may be used, in the order of preference.
        source: The language of the source, a BCP-47 tag; empty: not known yet.
        target: The language of the dub.

    Returns:
        The name of the first one that serves the pair; None: none does.
    """
    return next((n for n, one in translators.items() if one.serves(source, target)), None)


def is_kept(source: str, target: str) -> bool:
    """Tell whether a text stays as it is, since both languages are the same.

    Args:
        source: A BCP-47 tag; empty: not known.
        target: A BCP-47 tag.

    Returns:
        Whether they are, whatever their regions.
    """
    return bool(source) and is_same(source, target)


def not_served(
    translators: Mapping[str, TranslatorSettings], source: str, target: str, film: str
) -> str:
    """Say that a pair of languages is not served, and the ways on.

    Args:
        translators: The settings of those that may be used.
        source: The language of the source; empty: not known yet.
        target: The language of the dub.
        film: The film that is not made, such as "talk, de".

    Returns:
        One sentence.
    """
    pair = f"from {source} to {target}" if source else f"to {target}"
    lacking = {n: one.problem() for n, one in translators.items() if one.problem()}
    used = ", ".join(f"{n} ({lacking[n]})" if n in lacking else n for n in translators) or "none"
    others = _list(name for name in translator_settings() if name not in translators)
    more = f" name another translator in translate.use ({others})," if others else ""
    if not source:
        more += f" name the language in videos.tsv if {target} is spoken in the source,"
    return (
        f"{film}: no translator of translate.use ({used}) translates {pair};{more} give the text "
        "in the column script of dubs.tsv, or give the dub in its column audio"
    )


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
