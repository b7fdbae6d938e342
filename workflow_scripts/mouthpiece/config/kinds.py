"""The kinds of value that a key may have, as it is annotated."""

from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def bare(kind: Any, metadata: Iterable[Any] = ()) -> tuple[Any, list[Any]]:
    """Part a type from what is written beside it.

    Args:
        kind: A type, `Annotated` or not.
        metadata: What is known beside it already.

    Returns:
        The type itself, and its limits.
    """
    if get_origin(kind) is not Annotated:
        return kind, [*metadata]
    inner, *beside = get_args(kind)
    more = [part for each in beside for part in getattr(each, "metadata", [each])]
    return bare(inner, [*metadata, *more])


def parts(kind: Any) -> tuple[Any, ...]:
    """List the types of which a value may be.

    Args:
        kind: A type.

    Returns:
        Those that a union joins, else the type alone.
    """
    kind, _ = bare(kind)
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
