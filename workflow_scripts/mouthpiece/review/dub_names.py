"""What dubs are called: the language in words, and the name of the dub where it has one."""

from ..core.language_names import language_name
from ..project.tables import tag_of


def dub_name(key: str) -> str:
    """Find what a dub is called.

    Args:
        key: The dub's key, such as en_anna.

    Returns:
        Its language, and the name that tells it from others in that language: English · anna.
    """
    tag = tag_of(key)
    name = key.removeprefix(tag).removeprefix("_")
    return f"{language_name(tag)} · {name}" if name else language_name(tag)
