"""What is wrong with a config: one line for each wrong key, with its file and what is allowed."""

import reprlib
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ..config.kinds import bare, parts
from .allowed import NUMBERS, allowed

Model = type[BaseModel]

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
    lines = [_line(item, where, model) for item in error.errors()]
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


def _line(item: Any, where: Callable[[str], str], model: Model) -> str:
    written, kind, metadata = _value(item["loc"], model)
    key = ".".join(map(str, written))
    problem = _problem(item, key, kind, metadata, model)
    return f"{where(key)}: {problem}"


def _problem(item: Any, key: str, kind: Any, metadata: list[Any], model: Model) -> str:
    error, message = item["type"], item["msg"].removeprefix("Value error, ")
    if error == "extra_forbidden":
        return f"unknown key {_SHORT.repr(key)}{_meant(item['loc'], model)}"
    if not key:  # about several keys: the message names them
        return message
    found = shown(item["input"])
    if error in ("model_type", "dict_type"):
        return f"{key}: is a section; write its keys below it, not {found}"
    if error == "missing":
        return f"{key}: is missing"
    if error in ("string_too_short", "too_short") and not item["input"]:
        return f"{key}: is empty"
    if error == "value_error" and not isinstance(item["input"], bool):  # a check of the key's own
        is_section = kind is None or _is_section(kind)
        return f"{key}: {message}" + ("" if is_section else f", found {found}")
    wanted = allowed(kind, metadata)
    if wanted and any(bare(part)[0] in {bool, *NUMBERS} for part in parts(kind)):
        return f"{key}: {found} is not allowed; wanted {wanted}"
    words = [str(word) for word in get_args(kind)] if get_origin(kind) is Literal else []
    hint = _choice(item["input"], words)
    wanted = _of_form(error, item.get("ctx", {})) or wanted
    return f"{key}: {f'wanted {wanted}' if wanted else message}, found {found}{hint}"


def _of_form(error: str, limits: dict[str, Any]) -> str:
    """What text or list is wanted where the kind is right, and the value breaks a limit of it."""
    wordings = {
        "string_too_long": "text of at most {max_length} characters",
        "string_too_short": "text of at least {min_length} characters",
        "string_pattern_mismatch": "text of the form {pattern}",
        "too_long": "at most {max_length} entries",
        "too_short": "at least {min_length} entries",
    }
    return wordings.get(error, "").format_map(limits)


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


def _value(loc: tuple[Any, ...], model: Model) -> tuple[tuple[Any, ...], Any, list[Any]]:
    """What is written of a location, the kind of the value there, and its limits.

    Where a value may be of several kinds, pydantic names the one it tried behind the key. The kind
    of an unknown key is None.
    """
    kind: Any = model
    metadata: list[Any] = []
    for depth, part in enumerate(loc):
        inner = get_args(kind)
        if _is_section(kind):
            field = kind.model_fields.get(str(part))
            if field is None:
                return loc, None, []
            kind, metadata = bare(field.annotation, field.metadata)
        elif get_origin(kind) in (tuple, list):
            kind, metadata = bare(inner[0])
        elif get_origin(kind) is dict:
            is_name = "[key]" in loc[depth + 1 :]
            kind, metadata = bare(inner[0] if is_name else inner[1])
        else:
            return loc[:depth], kind, metadata
    return loc, kind, metadata


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _section(field: FieldInfo) -> Model | None:
    inner = field.annotation
    return cast(Model, inner) if _is_section(inner) else None
