"""Who says a line, where the text says so: `ANNA: Come in.`"""

import re
from collections import Counter
from collections.abc import Sequence

NAMED = re.compile(r"\s*(?:>>\s*)?([^\s:.,!?\"][^:.,!?\"\n]{0,39}?)\s*:(?!\d|//)\s*(.*)", re.DOTALL)

MOST_WORDS = 4

LEAST_TIMES = 2
"""A name in mixed letters that comes once may be speech: "Remember: ..."."""


def with_speakers(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Take the names of speakers from the lines of a script.

    What stands before a colon is a name where it is in capitals, comes more than once, or where at
    least half of the lines have one.

    Args:
        texts: What is said, one text a line.

    Returns:
        The name and the text without it, of each line; an empty name where it has none.
    """
    found = [_split(text) for text in texts]
    times = Counter(name for name, _ in found if name)
    most_are_named = 2 * times.total() >= len(texts) > 1
    names = {
        name
        for name, count in times.items()
        if name.isupper() or count >= LEAST_TIMES or most_are_named
    }
    return [
        (name, said) if name in names else ("", text)
        for (name, said), text in zip(found, texts, strict=True)
    ]


def _split(text: str) -> tuple[str, str]:
    """What may be a name, and what follows it."""
    match = NAMED.fullmatch(text)
    if match is None:
        return "", text
    words = match[1].split()
    is_name = len(words) <= MOST_WORDS and not words[0][0].islower()
    return (" ".join(words), match[2].strip()) if is_name else ("", text)
