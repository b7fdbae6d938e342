"""What values a key of the config takes, in words."""

from collections.abc import Iterable, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from ..config.kinds import bare, parts

LIMITS = ("ge", "gt", "le", "lt")
"""How pydantic names the limits of a number."""

NUMBERS = {int: "a whole number", float: "a number"}
PLAIN = NUMBERS | {bool: "true or false", str: "text", NoneType: "null"}


def limits(field: FieldInfo) -> dict[str, float]:
    """List the limits of a number.

    Args:
        field: The field of a key.

    Returns:
        The values of `ge`, `gt`, `le` and `lt`, as far as there are any, the lower limit first.
    """
    kinds = [bare(kind, field.metadata) for kind in parts(field.annotation)]
    return next((_limits(metadata) for kind, metadata in kinds if kind in NUMBERS), {})


def range_of(field: FieldInfo) -> str:
    """Tell what numbers a key takes.

    Args:
        field: The field of the key.

    Returns:
        Such as "a whole number from 0 to 51", or "a number from 0 to 1, or null"; empty: it takes
        no number.
    """
    has_number = any(bare(kind)[0] in NUMBERS for kind in parts(field.annotation))
    return allowed(field.annotation, field.metadata) if has_number else ""


def allowed(kind: Any, metadata: Iterable[Any] = ()) -> str:
    """Tell what values a kind has.

    Args:
        kind: A type, as a key is annotated with.
        metadata: Its limits, as pydantic has them.

    Returns:
        Such as "text" or "'web' or 'hevc'"; empty: this cannot be said in a few words.
    """
    kind, metadata = bare(kind, metadata)
    origin, inner = get_origin(kind), get_args(kind)
    if kind in NUMBERS:
        return f"{NUMBERS[kind]} {_range(_limits(metadata))}".strip()
    if origin is Literal:
        return _or([repr(choice) for choice in inner])
    if origin in (Union, UnionType):
        words = [allowed(each, metadata) for each in inner]
        return _or(words, ", or " if len(words) == 2 else " or ") if all(words) else ""
    if origin in (tuple, list):
        item = allowed(inner[0])
        return f"a list, each entry {item}" if item else "a list"
    return PLAIN.get(kind, "") if isinstance(kind, type) else ""


def _limits(metadata: Iterable[Any]) -> dict[str, float]:
    beside = [*metadata]
    found = ((name, getattr(limit, name, None)) for name in LIMITS for limit in beside)
    return {name: value for name, value in found if value is not None}


def _range(found: dict[str, float]) -> str:
    words: list[str] = []
    for name, value in found.items():
        at_most = "to" if words and words[-1][0] == "f" else "at most"
        wording = {"ge": "from", "gt": "above", "le": at_most, "lt": "below"}[name]
        words.append(f"{wording} {value:.12g}")
    return " ".join(words) if words and words[0][0] == "f" else " and ".join(words)


def _or(words: Sequence[str], last: str = " or ") -> str:
    *first, end = words
    return f"{', '.join(first)}{last}{end}" if first else end
