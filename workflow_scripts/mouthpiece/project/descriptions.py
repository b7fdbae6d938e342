"""What the keys of the config mean: the docstrings below the fields of the settings classes.

Pydantic can read them while it makes the classes (`use_attribute_docstrings`). That takes 0.4 CPU s
at each start of each command and of each run, and only the docs of the config need them.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

from ..config.section import Section


def describe(section: type[Section]) -> None:
    """Give the fields of a section, and of the sections in it, their docstrings as descriptions.

    Args:
        section: The section; its JSON schema then has the descriptions, too.
    """
    for field in section.model_fields.values():
        for inner in _sections(field.annotation):
            describe(inner)
    found: dict[str, str] = {}
    for base in reversed(section.__mro__):
        if base is not Section and issubclass(base, Section):
            found |= _docstrings(base)
    for name, field in section.model_fields.items():
        field.description = field.description or found.get(name)
    section.model_rebuild(force=True)


def _sections(annotation: Any) -> Iterator[type[Section]]:
    """The sections that a type may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)


def _docstrings(section: type[Section]) -> dict[str, str]:
    """The docstrings below the fields of a class; none of a class that was made by code."""
    try:
        source = inspect.getsource(section)
    except (OSError, TypeError):
        return {}
    found = ast.parse(textwrap.dedent(source)).body[0]
    body = found.body if isinstance(found, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
