"""What is wrong with a config: one line for each wrong key, with its file and what is allowed."""

import reprlib
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

Model = type[BaseModel]

LIMITS = ("ge", "gt", "le", "lt")
"""How pydantic names the limits of a number."""

SYNONYMS = {"gpu": "cuda"}
"""Words that are spelt like another one than they mean."""

_SHORT = reprlib.Repr()
_SHORT.maxstring = 120
_SHORT.maxlong = 40


def explain(error: ValidationError, where: Callable[[str], str], model: Model) -> str:
    """Describe a validation error.

    Args:
        error: The error.
        where: What was validated, such as the config file that holds a key, by the dotted key.
        model: The class that was validated.

    Returns:
        One line for each wrong key: what is wrong, and the value that was found.
    """
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        lines.append(f"{where(key)}: {_problem(item, key, model)}")
    return "\n".join(dict.fromkeys(lines))


def near(word: str, known: Sequence[str]) -> str:
    """Suggest what a misspelt word may mean.

    Args:
        word: The word.
        known: The words that are known.

    Returns:
        Such as "; did you mean 'guard'?"; empty where nothing is like it.
    """
    found = get_close_matches(word[:99], known, 1)
    return f"; did you mean {found[0]!r}?" if found else ""


def keys(model: Model, prefix: str = "") -> Iterator[str]:
    """List the keys of a section, and of those in it.

    Args:
        model: The section's class.
        prefix: What their names begin with.

    Yields:
        Dotted keys, sections included.
    """
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        if inner := _section(field):
            yield from keys(inner, f"{prefix}{name}.")


def limits(field: FieldInfo) -> dict[str, float]:
    """List the limits of a number.

    Args:
        field: The field of a key.

    Returns:
        The values of `ge`, `gt`, `le` and `lt`, as far as there are any, the lower limit first.
    """
    found = ((name, getattr(limit, name, None)) for name in LIMITS for limit in field.metadata)
    return {name: value for name, value in found if value is not None}


def range_of(field: FieldInfo) -> str:
    """Tell what numbers a key takes.

    Args:
        field: The field of the key.

    Returns:
        Such as "a whole number from 0 to 51"; empty: it takes no number.
    """
    if field.annotation not in (int, float):
        return ""
    what = "a whole number" if field.annotation is int else "a number"
    words: list[str] = []
    for name, value in limits(field).items():
        at_most = "to" if words and words[-1][0] == "f" else "at most"
        wording = {"ge": "from", "gt": "above", "le": at_most, "lt": "below"}[name]
        words.append(f"{wording} {value:g}")
    joined = " ".join(words) if words and words[0][0] == "f" else " and ".join(words)
    return f"{what} {joined}".strip()


def shown(value: Any) -> str:
    """Write a value for a message.

    Args:
        value: Anything that YAML can hold.

    Returns:
        Its repr, without its middle where it is long.
    """
    try:
        return _SHORT.repr(value)
    except ValueError:  # a number of more digits than Python writes
        return "a very long number"


def _problem(item: Any, key: str, model: Model) -> str:
    kind, message = item["type"], item["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return f"unknown key {_SHORT.repr(key)}{_meant(item['loc'], model)}"
    if not key:  # about several keys: the message names them
        return message
    found = shown(item["input"])
    field = _field(item["loc"], model)
    if kind in ("model_type", "dict_type"):
        return f"{key}: is a section; write its keys below it, not {found}"
    if kind == "missing":
        return f"{key}: is missing"
    if kind in ("string_too_short", "too_short") and not item["input"]:
        return f"{key}: is empty"
    if kind in ("bool_type", "bool_parsing"):
        return f"{key}: {found} is not allowed; wanted true or false"
    if field and (wanted := range_of(field)):
        return f"{key}: {found} is not allowed; wanted {wanted}"
    if kind == "value_error":
        is_section = field is None or _section(field) is not None
        return f"{key}: {message}" + ("" if is_section else f", found {found}")
    words = [str(word) for word in get_args(field.annotation)] if field else []
    hint = _choice(item["input"], words) if kind == "literal_error" else ""
    return f"{key}: {message}, found {found}{hint}"


def _choice(value: Any, words: Sequence[str]) -> str:
    """What was meant by a value that is none of the choices."""
    if str(value) in words:  # a number in YAML
        return f'; write it in quotes: "{value}"'
    meant = SYNONYMS.get(str(value))
    return f"; did you mean {meant!r}?" if meant in words else near(str(value), words)


def _meant(loc: tuple[Any, ...], model: Model) -> str:
    """The key that was meant by an unknown one: of its section, else of any."""
    *outer, name = map(str, loc)
    section = model
    for part in outer:
        field = section.model_fields.get(part)
        section = (field and _section(field)) or section
    if hint := near(name, list(section.model_fields)):
        return hint
    everywhere = {key.rpartition(".")[2]: key for key in reversed([*keys(model)])}
    found = get_close_matches(name[:99], everywhere, 1)
    return f"; did you mean {everywhere[found[0]]!r}?" if found else ""


def _field(loc: tuple[Any, ...], model: Model) -> FieldInfo | None:
    field = None
    for part in map(str, loc):
        field = model.model_fields.get(part)
        if field is None:
            return None
        model = _section(field) or model
    return field


def _section(field: FieldInfo) -> Model | None:
    inner = field.annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
